# SPDX-License-Identifier: Apache-2.0
"""The bulk helpers of the official clients: bulk.py URL COUNT [--client elasticsearch|opensearch] …

--login tells how the token is sent. See account.py for the other arguments.
"""

import base64

from account import Account


def main():
    account = Account(
        ("--client", ["elasticsearch", "opensearch"]), ("--login", ["bearer", "basic", "apikey"]),
        ("--action", ["index", "create", "update", "delete"]), codings=["none", "gzip"])
    options = account.options
    settings = {"http_compress": options.coding == "gzip"}
    headers = {}
    if options.token and options.login == "basic":
        key = "basic_auth" if options.client == "elasticsearch" else "http_auth"
        settings[key] = ("all", options.token)
    elif options.token and options.login == "apikey":
        key = base64.b64encode(f"all:{options.token}".encode()).decode()
        headers["authorization"] = f"ApiKey {key}"
    elif options.token:
        headers["authorization"] = f"Bearer {options.token}"
    if options.client == "elasticsearch":
        from elasticsearch import Elasticsearch as Client
        from elasticsearch.helpers import streaming_bulk
    else:
        from opensearchpy import OpenSearch as Client
        from opensearchpy.helpers import streaming_bulk
    client = Client(account.base, headers=headers, **settings)
    try:
        account.say(client.info()["tagline"])
    except Exception as error:
        account.say(error)

    for batch in account.batches():
        documents = {
            name: {"@timestamp": "2026-11-28T12:00:00.000Z", "id": name, "log.level": "info",
                   "message": f"Grüße\u2028 {name}", "nested": {"b": [1, {"c": None}], "a": 0.5}}
            for name in batch}
        if options.action != "delete":
            for name, document in documents.items():
                if options.action == "update":
                    document = {"doc": document}
                account.expect(name, {**document, "_bulk": bulk(options.action, name)})
        actions = [action(options.action, name, document) for name, document in documents.items()]
        try:
            results = list(streaming_bulk(client, actions, raise_on_error=False))
            for name, (is_good, item) in zip(batch, results):
                if is_good:
                    account.accept([name])
                else:
                    account.fail([name], item)
        except Exception as error:  # What it raises, it raises to the application.
            account.fail(batch, error)
    account.end()


def action(kind, name, document):
    head = {"_op_type": kind, "_index": "shop", "_id": name}
    if kind == "delete":
        return head
    return {**head, "doc": document} if kind == "update" else {**head, "_source": document}


def bulk(kind, name):
    return {kind: {"_id": name, "_index": "shop"}}


main()
