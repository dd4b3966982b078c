import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { SocialOnboarding } from "@social_token_manager/onboarding/onboarding";

const APP = { code: "app", title: "Create an app", text: "...", is_done: true, button: false };
const PROFILE = {
    code: "profile",
    title: "Connect the first profile",
    text: "...",
    is_done: false,
    button: { label: "Connect a profile", app_id: 7 },
};
const TEAM = { code: "team", title: "Choose the team", text: "...", is_done: false, button: false };

defineMailModels();

async function mountWith(steps) {
    onRpc("social.onboarding", "get_steps", () => ({
        is_complete: steps.every((step) => step.is_done),
        steps,
    }));
    await makeMockEnv();
    await mountWithCleanup(SocialOnboarding);
    await animationFrame();
}

test("what is done and what is next is said in words", async () => {
    await mountWith([APP, PROFILE, TEAM]);
    expect(".o_social_onboarding").toHaveText(/1 of 3 steps are done/);
    expect(queryAllTexts(".o_social_onboarding .badge")).toEqual(["✓Done", "○To do", "○To do"]);
    expect("[aria-current=step] strong").toHaveText(PROFILE.title);
});

test("with one app the button leads to the network at once", async () => {
    mockService("action", { doAction: async ({ url }) => expect.step(url) });
    onRpc("social.app", "action_connect", ({ args }) => {
        expect(args).toEqual([7]);
        return { type: "ir.actions.act_url", url: "/social/authorize/1" };
    });
    await mountWith([APP, PROFILE, TEAM]);
    await click(".o_social_onboarding .btn-primary");
    await animationFrame();
    expect.verifySteps(["/social/authorize/1"]);
});

test("an action of a step is opened", async () => {
    mockService("action", { doAction: async (action) => expect.step(action) });
    await mountWith([{ ...APP, is_done: false, button: { label: "Create", action: "a.b" } }]);
    await click(".o_social_onboarding .btn-primary");
    await animationFrame();
    expect.verifySteps(["a.b"]);
});

test("when all is done there is nothing to show", async () => {
    await mountWith([APP]);
    expect(".o_social_onboarding").toHaveCount(0);
});
