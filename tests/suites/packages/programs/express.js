'use strict';
const express = require('express');
const app = express();
app.use(express.json());
app.get('/a/:id', (request, response) => response.end(request.params.id));
console.log(app._router.stack.map((layer) => [layer.name, String(layer.regexp)]));
