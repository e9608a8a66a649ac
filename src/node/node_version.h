// The Node release whose library is embedded (tools/fetch-sources).
#ifndef NS_NODE_NODE_VERSION_H
#define NS_NODE_NODE_VERSION_H

#define NS_NODE_VERSION "v20.19.2"

#endif
