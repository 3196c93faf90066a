"""One round: what the API server says at one moment, what ARM has, and what shall go wrong."""

from api import Api, Moment
from azure import Azure
from faults import Faults


class Round(Moment):
    """What every controller looks at."""

    def __init__(self, api: Api, azure: Azure, faults: Faults) -> None:
        super().__init__(api)
        self.azure = azure
        self.faults = faults
