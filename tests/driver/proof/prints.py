"""What az prints of an answer of Azure as tab-separated text; it calls nothing.

    prints.py QUERY    run by the Python that azure-cli is installed for; the answer is JSON on standard input
"""

import json
import sys

import jmespath
from knack.output import format_tsv
from knack.util import CommandResultItem

found = jmespath.search(sys.argv[1], json.load(sys.stdin))
sys.stdout.write(format_tsv(CommandResultItem(found)))
