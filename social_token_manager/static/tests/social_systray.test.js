import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";
import { SocialSystray } from "@social_token_manager/systray/social_systray";

const WORST = {
    id: 7,
    name: "Bakery",
    network: "Instagram",
    icon: "fa-instagram",
    client: "",
    status: "expired",
    days_left: 0,
    reason: "Password changed",
    may_renew: true,
};
const OTHER = { ...WORST, id: 8, status: "expiring", days_left: 1, may_renew: false };
const WATCH = { sentences: ["Renew tokens: switched off"], remedy: "Ask somebody." };

defineMailModels();

async function mountWith(risk) {
    patchWithCleanup(session, { social_member: true });
    onRpc("social.profile", "get_risk", () => risk);
    const env = await makeMockEnv();
    await mountWithCleanup(SocialSystray);
    await animationFrame();
    return env;
}

test("the worst comes first, and who may renew can do so at once", async () => {
    mockService("action", { doAction: async (action) => expect.step(action.tag) });
    onRpc("social.profile", "action_renew", ({ args }) => {
        expect(args).toEqual([7]);
        return { type: "ir.actions.client", tag: "renewal" };
    });
    await mountWith({ count: 2, has_more: false, profiles: [WORST, OTHER], watch: {} });
    expect(".o_social_systray .badge").toHaveText("2");
    expect(".o_social_systray button").toHaveAttribute(
        "aria-label",
        "2 social connections are at risk"
    );
    await click(".o_social_systray button");
    await animationFrame();
    expect(queryAllTexts(".o_social_systray_content .badge")).toEqual([
        "✕Expired",
        "!Expires in 1 day",
    ]);
    expect(".o_social_systray_content .btn-primary").toHaveCount(1);
    await click(".o_social_systray_content .btn-primary");
    await animationFrame();
    expect.verifySteps(["renewal"]);
});

test("nothing at risk is said, not only shown", async () => {
    await mountWith({ count: 0, has_more: false, profiles: [], watch: {} });
    expect(".o_social_systray .badge").toHaveCount(0);
    await click(".o_social_systray button");
    await animationFrame();
    expect(".o_social_systray_content p").toHaveText("✓ No connection is at risk.");
});

test("Managers see which scheduled action stands still", async () => {
    await mountWith({ count: 0, has_more: false, profiles: [], watch: WATCH });
    expect(".o_social_systray .badge").toHaveText("!");
    await click(".o_social_systray button");
    await animationFrame();
    expect(".o_social_watch li").toHaveText("Renew tokens: switched off");
});

test("a notice about one profile leads to its renewal in one press", async () => {
    const heard = {};
    mockService("bus_service", {
        subscribe: (type, callback) => (heard[type] = callback),
        addEventListener: () => {},
    });
    mockService("notification", {
        add: (title, { buttons }) => {
            expect.step(title);
            expect.step(buttons.map(({ name }) => String(name)).join());
            buttons[0].onClick();
        },
    });
    mockService("action", { doAction: async (action) => expect.step(action.tag || action) });
    onRpc("social.profile", "action_renew", ({ args }) => {
        expect(args).toEqual([7]);
        return { type: "ir.actions.client", tag: "renewal" };
    });
    patchWithCleanup(session, { social_member: true });
    onRpc("social.profile", "get_risk", () => ({ count: 0, profiles: [], watch: {} }));
    await makeMockEnv();
    const tell = heard["social_token_manager/notice"];
    tell({ title: "Bakery expired", is_good: false, renew_id: 7 });
    await animationFrame();
    expect.verifySteps(["Bakery expired", "Renew,Show Profiles", "renewal"]);
    tell({ title: "2 expired", is_good: false, renew_id: false });
    await animationFrame();
    expect.verifySteps(["2 expired", "Show Profiles", "social_token_manager.social_profile_action"]);
});

test("the counter follows what changes elsewhere", async () => {
    const risk = { count: 120, has_more: true, profiles: [WORST], watch: {} };
    const env = await mountWith(risk);
    expect(".o_social_systray .badge").toHaveText("120+");
    Object.assign(risk, { count: 0, has_more: false, profiles: [] });
    await env.services.social_live.load();
    await runAllTimers();
    await animationFrame();
    expect(".o_social_systray .badge").toHaveCount(0);
    expect(".o_social_systray [role=status]").toHaveText("No social connection is at risk");
});
