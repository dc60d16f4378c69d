"""What is asked of the service before anything is done, and how little is asked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from xplenty_pulumi.client import Client, Cluster, Plan, Subscription
from xplenty_pulumi.core.preview.plan_limits import PlanLimits, limits_of
from xplenty_pulumi.core.preview.questions import LONGEST_CALL, PreviewQuestions
from xplenty_pulumi.core.reading.readiness import ReadyClusters
from xplenty_pulumi.emulator import Emulator, Knobs, PackageSeed, Seed
from xplenty_pulumi.errors import AuthError

SEED = Seed(
    packages=(
        PackageSeed(101, "Sales", variables={"day": "'x'"}),
        PackageSeed(102, "Twin"),
        PackageSeed(103, "Twin"),
        PackageSeed(105, "Old", status="archived"),
    )
)


class QuestionScene:
    """An account, and what is foreseen of it."""

    def __init__(self, account: Emulator, *, key: str | None = None) -> None:
        self.account, self.warnings = account, list[str]()
        self.client = Client(api_key=key or account.api_key, account_id=account.account_id, base_url=account.url)
        self.ready = ReadyClusters(self.client.clusters.get)
        self.foresight = PreviewQuestions(self.client, self.warnings.append, ready=self.ready)

    def calls(self) -> list[str]:
        """Return what has cost a credit, without what all paths have in common."""
        paths = [call.path.removeprefix(f"/{self.account.account_id}/api/") for call in self.account.calls()]
        return [path for path in paths if "rate_limit" not in path]


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An account with the knobs that a test asks for."""
    with Emulator(SEED, knobs=getattr(request, "param", Knobs())) as emulator:
        yield emulator


@pytest.fixture
def scene(account: Emulator) -> Iterator[QuestionScene]:
    """A foresight that has asked nothing yet."""
    made = QuestionScene(account)
    with made.client:
        yield made


@pytest.mark.parametrize(
    ("inputs", "field", "text"),
    [
        ({"package_id": "999"}, "package_id", "package 999 does not exist in this account"),
        ({"package": "999"}, "package", "package 999 does not exist in this account"),
        ({"package_id": "105"}, "package_id", "package 105 is archived"),
        ({"package": "Old"}, "package", "no active package is named 'Old'"),
        ({"package": "sales"}, "package", "no active package is named 'sales'"),
        ({"package": "Twin"}, "package", "packages 102, 103 are all named 'Twin'"),
    ],
)
def test_packages_that_can_not_be_run(scene: QuestionScene, inputs: dict[str, object], field: str, text: str) -> None:
    """Each is refused by the input that names it."""
    (refusal,) = scene.foresight.refusals_of_run(inputs)
    assert refusal.field == field
    assert text in str(refusal)


@pytest.mark.parametrize("inputs", [{"package_id": "101"}, {"package": "Sales"}, {"package": "101"}, {}])
def test_packages_that_can_be_run(scene: QuestionScene, inputs: dict[str, object]) -> None:
    """What exists passes, and what is not known yet."""
    assert scene.foresight.refusals_of_run(inputs) == []


def test_strange_variables_are_named(scene: QuestionScene) -> None:
    """Those that the package does not declare, in either group, but for the service's own."""
    groups = {"variables": {"day": "1", "b": "2", "_SYSTEM": "3"}, "dynamic_variables": {"a": "4"}}
    text = scene.foresight.strange_variables({"package_id": "101", **groups})
    assert text == "package 101 does not declare the variables a, b; it declares day"
    assert scene.foresight.strange_variables({"package_id": "102", "variables": {"x": "1"}}).endswith("declares none")
    assert scene.foresight.strange_variables({"package_id": "101", "variables": {"day": "1"}}) == ""


def test_cluster_that_does_not_exist_is_refused(scene: QuestionScene) -> None:
    """It is refused by its input beside whatever else is wrong; one that is there passes."""
    refusals = scene.foresight.refusals_of_run({"cluster_id": "99999", "package_id": "999"})
    assert [one.field for one in refusals] == ["cluster_id", "package_id"]
    assert str(refusals[0]).startswith("cluster 99999 does not exist in this account")
    there = str(scene.account.add_cluster().id)
    assert scene.foresight.refusals_of_run({"cluster_id": there, "package_id": "101"}) == []
    assert scene.foresight.ended_cluster({"cluster_id": there}) is None


def test_cluster_that_has_ended_is_told_and_not_refused(scene: QuestionScene) -> None:
    """A run that was lost there can still be taken up; a new one needs what the text says."""
    one = scene.account.add_cluster()
    scene.account.edit_cluster(one.id, status="terminated", terminated_on_idle=True)
    inputs = {"cluster_id": str(one.id), "package_id": "101"}
    assert scene.foresight.refusals_of_run(inputs) == []
    found = scene.foresight.ended_cluster(inputs)
    assert found is not None
    assert found.warning == (
        f"cluster {one.id} is terminated, after it had been idle, so no new run can start on it. If this stack "
        "declares the cluster, run `pulumi up --refresh`, which creates it anew; else name one that lives"
    )
    other = scene.foresight.ended_cluster({**inputs, "account": "eu"})
    assert other is not None
    assert other.reason == f"cluster {one.id} of account eu is terminated, after it had been idle"
    assert scene.calls() == ["packages/101", f"clusters/{one.id}"]


def test_cluster_that_was_just_made_is_not_asked_about(scene: QuestionScene) -> None:
    """A service that lags behind itself does not refuse a run on a cluster that this process has seen ready."""
    scene.ready.note(Cluster(id=77, status="available"))
    assert scene.foresight.refusals_of_run({"cluster_id": "77"}) == []
    assert scene.calls() == []


def test_fifty_runs_of_three_packages_cost_two_calls(scene: QuestionScene) -> None:
    """Each package that is named by its id is read once, all others by one list, however many ask at once."""
    inputs: list[dict[str, object]] = [{"package_id": "101"}, {"package": "Sales"}, {"package": "Nope"}]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: scene.foresight.refusals_of_run(inputs[number % 3]), range(50)))
    assert sorted(scene.calls()) == ["packages", "packages/101"]


@pytest.mark.parametrize("account", [Knobs(max_nodes=3, max_clusters=2, max_sandboxes=1)], indirect=True)
def test_limits_of_the_plan(scene: QuestionScene) -> None:
    """Nodes of a cluster are limited, and clusters of its type: the stack's and all others that live."""
    foresight = scene.foresight
    scene.account.add_cluster()
    scene.account.add_cluster(description="[xp1:ours-1:0123456789ab]")
    assert foresight.refusals_of_cluster({"nodes": 3, "type": "production"}, scope="ours-1", ours=1) == []
    many = foresight.refusals_of_cluster({"nodes": 4, "type": "production"}, scope="ours-1", ours=2)
    assert [one.field for one in many] == ["nodes", "type"]
    assert "at most 3 for a cluster on the plan 'Pro', got 4" in str(many[0])
    assert "allows 2 production clusters at once; this stack declares 2, and 1 others live" in str(many[1])
    assert foresight.refusals_of_cluster({"nodes": 1, "type": "sandbox"}, scope="ours-1", ours=1) == []
    assert len(foresight.refusals_of_cluster({"nodes": 1, "type": "sandbox"}, scope="ours-1", ours=2)) == 1
    assert len([path for path in scene.calls() if path in {"plans", "subscription"}]) == 2


@pytest.mark.parametrize("account", [Knobs(max_sandboxes=1)], indirect=True)
def test_refusal_names_who_holds_the_sandbox(scene: QuestionScene) -> None:
    """The cluster, its stack and the way out are named; what holds the other type is not."""
    scene.account.add_cluster()
    held = scene.account.add_cluster(
        nodes=1, type="sandbox", name="loads", description="[xp2:br-5f3a1c9:0123456789ab:0123456789abc:h]"
    )
    (refusal,) = scene.foresight.refusals_of_cluster({"nodes": 1, "type": "sandbox"}, scope="ours-1", ours=1)
    assert f"1 others live in the account (cluster {held.id} loads of stack br-5f3a1c9)" in str(refusal)
    assert "`xplenty-pulumi branch up --sizing smallest`" in str(refusal)


@pytest.mark.parametrize(
    ("size", "nodes", "limit"), [(0, 32, 32), (8, 0, 8), (8, 32, 8), (32, 8, 8), (0, 0, None), (None, -1, None)]
)
def test_both_limits_of_nodes_count(size: int | None, nodes: int | None, limit: int | None) -> None:
    """The lower of `cluster_size_limit` and `cluster_nodes_limit` counts, of those that say anything."""
    plan = Plan(id="pro", name="Pro", cluster_size_limit=size, cluster_nodes_limit=nodes)
    assert limits_of(Subscription(plan_id="pro"), [plan]).nodes == limit


@pytest.mark.parametrize("account", [Knobs(plan_shown=False)], indirect=True)
def test_plan_that_is_not_shown_limits_nothing(scene: QuestionScene) -> None:
    """A key that may not see the billing is no reason for a warning, and other questions are asked all the same."""
    assert scene.foresight.refusals_of_cluster({"nodes": 99, "type": "production"}, scope="", ours=9) == []
    assert len(scene.foresight.refusals_of_run({"package_id": "999"})) == 1
    assert scene.warnings == []


def test_plan_of_the_documentation_limits_nothing() -> None:
    """Zeros say nothing, nor does a plan that is not listed."""
    plan = Plan(id="4", name="Free", cluster_size_limit=0, clusters_limit=0, sandbox_clusters_limit=-1)
    assert limits_of(Subscription.model_validate({"plan_id": 4}), [plan]) == PlanLimits("Free")
    assert limits_of(Subscription(plan_id="pro"), [plan]) == limits_of(Subscription(), [plan]) == PlanLimits()


def test_service_that_is_down_is_said_once(scene: QuestionScene) -> None:
    """Nothing is refused, it is said once, and nothing is asked any more."""
    scene.account.stop()
    for number in range(20):
        assert scene.foresight.refusals_of_run({"package_id": str(number + 1)}) == []
        assert scene.foresight.refusals_of_cluster({"nodes": 2}, scope="", ours=1) == []
    assert len(scene.warnings) == 1
    assert "could not be checked before the operation" in scene.warnings[0]


def test_wrong_key_is_raised(account: Emulator) -> None:
    """A key that is refused is no service that cannot be asked, and costs one call."""
    scene = QuestionScene(account, key="another-key")
    with scene.client:
        for _ in range(2):
            with pytest.raises(AuthError):
                scene.foresight.refusals_of_run({"package_id": "101"})
    assert len(account.calls()) == 1


@pytest.mark.parametrize("account", [Knobs(foreign_account=404), Knobs(foreign_account=401)], indirect=True)
@pytest.mark.parametrize("question", ["cluster", "package", "named package", "account"])
@pytest.mark.parametrize(("account_id", "path"), [("nobody", ""), ("acme", "/elsewhere"), ("acme", "/nobody/api")])
def test_wrong_account_or_address_is_raised(account: Emulator, question: str, account_id: str, path: str) -> None:
    """Whatever is asked first, an account that the service does not know is no service that cannot be asked."""
    warnings: list[str] = []
    with Client(api_key=account.api_key, account_id=account_id, base_url=f"{account.url}{path}") as client:
        foresight = PreviewQuestions(client, warnings.append, ready=ReadyClusters(client.clusters.get))
        asked = {
            "cluster": lambda: foresight.refusals_of_cluster({"nodes": 2, "type": "production"}, scope="", ours=1),
            "package": lambda: foresight.refusals_of_run({"package_id": "101"}),
            "named package": lambda: foresight.refusals_of_run({"package": "Sales"}),
            "account": foresight.require_account,
        }
        with pytest.raises(AuthError, match="account") as caught:
            asked[question]()
    assert warnings == []
    assert ("XPLENTY_API_URL" in str(caught.value)) >= bool(path)


def test_wrong_key_reads_like_one(account: Emulator) -> None:
    """The text is about the key, not about the call that was refused first."""
    scene = QuestionScene(account, key="another-key")
    with scene.client, pytest.raises(AuthError) as caught:
        scene.foresight.require_account()
    assert str(caught.value).startswith("the service does not accept the API key (401)")


def test_another_deadline_shares_all_else(scene: QuestionScene) -> None:
    """The hasty client spends the credits of the patient one, and no call of it takes long."""
    scene.foresight.refusals_of_run({"package_id": "101"})
    assert scene.client.credits is not None
    assert LONGEST_CALL < 10


@pytest.mark.parametrize(("status", "is_ready"), [("creating", False), ("available", True), ("scaling", False)])
def test_answer_tells_who_starts_a_run(scene: QuestionScene, status: str, is_ready: bool) -> None:
    """A cluster that an answer shows ready is not looked at again before the run starts."""
    number = scene.account.add_cluster(status=status).id
    assert scene.foresight.refusals_of_run({"cluster_id": str(number)}) == []
    assert (number in scene.ready) is is_ready
