import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    makeMockEnv,
    mockService,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { session } from "@web/session";

defineMailModels();

async function startWith(copied) {
    mockService("action", { doAction: async (action) => expect.step(action) });
    patchWithCleanup(session, { social_copied: copied });
    await makeMockEnv();
    await mountWithCleanup(MainComponentsContainer);
    await animationFrame();
}

test("an Owner of a copied database is led to the decision", async () => {
    await startWith({ sentence: "A copy.", may_decide: true });
    expect(".o_notification_content").toHaveText(/ A copy\.$/);
    await click(".o_notification_buttons button");
    expect.verifySteps(["social_token_manager.social_home_action_open"]);
    // It would lie over what it leads to.
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
});

test("others are told, and have nothing to press", async () => {
    await startWith({ sentence: "A copy.", may_decide: false });
    expect(".o_notification_content").toHaveText(/ A copy\.$/);
    expect(".o_notification_buttons button").toHaveCount(0);
});

test("nobody is told anything at home", async () => {
    await startWith(null);
    expect(".o_notification").toHaveCount(0);
});
