"""ALB Controller: what it does, in its order."""

from controller import accept_class, is_at_work
from gateways import run_gateways
from load_balancers import run_load_balancers
from round import Round
from routes import run_policies, run_routes


def run_alb_controller(moment: Round) -> None:
    """One look at everything of it, where it is installed and may act."""
    if is_at_work(moment):
        accept_class(moment)
        run_load_balancers(moment)
        run_gateways(moment)
        run_routes(moment)
        run_policies(moment)
