"""What a Bolt app sends through the wire is laid before the official schemas."""

from tests.contract.slack.official import official_errors_of
from tests.slack_sandbox.fixtures import connected, serving
from tests.slack_sandbox.tiny_app import FORM, MANIFEST, TinyApp, over_sockets


async def test_every_surface_is_looked_at() -> None:
    async with serving(MANIFEST) as workspace, over_sockets(TinyApp(workspace)):
        await connected(workspace)
        manager = workspace.person("manager")
        await manager.slash("/tiny post")
        await manager.slash("/tiny form")
        await manager.until(lambda p: p.modal)
        await manager.suggest("item", "ab")
        await manager.open_home()
        await manager.until(lambda p: p.home and p.messages("stock-alerts"))
        inspector = workspace.inspector
        assert {s.kind for s in inspector.surfaces} == {"modal", "home", "message", "options"}
        assert official_errors_of(inspector) == []
        inspector.show_view({**FORM, "loud": True}, "a test")
        assert "a test: " in official_errors_of(inspector)[0]
