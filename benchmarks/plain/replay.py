"""`python replay.py`, with a JSON document as its input: the same calls as a command of ours, and nothing else.

`engine` are the words of each `pulumi` process, of which four run at the same time; `service` are the paths that are
read one after the other on one connection. It loads what the command line is built with.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import rich.console
import rich.table
import typer
from pydantic import BaseModel

_AT_ONCE = 4

given = json.load(sys.stdin)
with ThreadPoolExecutor(_AT_ONCE) as pool:
    for answer in pool.map(lambda words: subprocess.run(words, capture_output=True, check=True), given["engine"]):
        assert answer.returncode == 0
loaded = (BaseModel, rich.console.Console, rich.table.Table, typer.Typer)
login = (os.environ["XPLENTY_API_KEY"], "")
accept = {"Accept": "application/vnd.xplenty+json; version=2"}
with httpx.Client(base_url=os.environ["XPLENTY_API_URL"], auth=login, headers=accept, trust_env=False) as client:
    for path in given["service"]:
        client.get(path).raise_for_status().json()
