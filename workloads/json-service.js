// A service that keeps its articles as JSON texts and works on their objects.
const store = new Map();
for (let i = 0; i < 50; i++) {
    const rows = Array.from({ length: 200 }, (_, row) => ({ row, name: `row ${row}`, value: row * 1.5, tags: ['a', 'b'] }));
    store.set(i, JSON.stringify({ id: i, title: `article ${i}`, rows }));
}

exports.read = async (request) => {
    const article = JSON.parse(store.get(Math.floor(request.params.article)));
    article.reads = (article.reads | 0) + 1;
    const text = JSON.stringify(article);
    store.set(article.id, text);
    return text.length;
};

exports.list = async () => {
    let bytes = 0;
    for (const text of store.values()) bytes += JSON.parse(text).title.length;
    return bytes;
};
