# SPDX-License-Identifier: Apache-2.0
"""Datadog's API client: datadog.py URL COUNT [--coding identity|gzip|deflate] …

It sends each request once. See account.py for the arguments.
"""

from account import Account
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v2.api.logs_api import LogsApi
from datadog_api_client.v2.model.content_encoding import ContentEncoding
from datadog_api_client.v2.model.http_log import HTTPLog
from datadog_api_client.v2.model.http_log_item import HTTPLogItem


def main():
    account = Account(codings=["identity", "gzip", "deflate"])
    configuration = Configuration(
        server_index=1,
        server_variables={"name": f"{account.url.netloc}{account.prefix}", "protocol": "http"})
    configuration.api_key["apiKeyAuth"] = account.options.token or "none"
    with ApiClient(configuration) as client:
        logs = LogsApi(client)
        for batch in account.batches():
            items = []
            for name in batch:
                record = {"message": f"Grüße {name}", "ddsource": "till", "ddtags": "env:a,plain",
                          "hostname": "till-1", "service": "shop", "status": "warn"}
                account.expect(name, {**record, "_dd": {"ddtags": "team:x,lone"}})
                items.append(HTTPLogItem(**record))
            try:
                answer = logs.submit_log(
                    HTTPLog(items), content_encoding=ContentEncoding(account.options.coding),
                    ddtags="team:x,lone")
                account.say(str(answer))
                account.accept(batch)
            except Exception as error:
                account.fail(batch, f"{type(error).__name__} {getattr(error, 'status', error)}")
    account.end()


main()
