import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";
import { getDefaultConfig } from "@web/views/view";
import { SocialOverview } from "@social_token_manager/overview/overview";

const NEEDY = {
    id: 7,
    name: "Bakery",
    network: "Instagram",
    icon: "fa-instagram",
    client: "Bakery Ltd",
    status: "expired",
    days_left: 0,
    reason: "Password changed",
    is_broken: true,
    expires_at: "2026-03-14 12:00:00",
    may_renew: true,
    taken: "Anna takes care of it until tomorrow.",
};
const OTHER = {
    ...NEEDY,
    id: 8,
    status: "expiring",
    days_left: 3,
    is_broken: false,
    reason: "",
    taken: "",
    may_renew: false,
};
const NETWORK = {
    id: 3,
    name: "Instagram",
    icon: "fa-instagram",
    counts: { expired: 1, expiring: 1, valid: 0, no_expiry: 0, not_connected: 2 },
    next_at: "2026-03-18 18:00:00",
    may_renew: true,
};
const METRICS = {
    connections: 2,
    uptime: 99.9,
    in_time_rate: null,
    outages: 1,
    still_down: 1,
    down_hours: 0.5,
    hours_to_renew: null,
    hours_to_detect: null,
    reminders_per_renewal: null,
};
const ROW = { outages: 0, down_hours: 0, in_time_rate: null, hours_to_renew: null };
const DATA = {
    profile_count: 4,
    is_manager: true,
    needy: { count: 9, profiles: [NEEDY, OTHER] },
    networks: [NETWORK],
    renewed: { count: 0, profiles: [] },
    health: {
        score: 46,
        word: "poor",
        change: 4,
        reasons: [{ code: "stopped", text: "It does not work", points: 30, count: 1 }],
    },
    metrics: METRICS,
    metrics_days: 30,
    by_network: {
        count: 2,
        rows: [
            { ...ROW, id: 3, name: "Instagram", outages: 1, down_hours: 120, in_time_rate: 50 },
            { ...ROW, id: 4, name: "X" },
        ],
    },
    by_client: { count: 0, rows: [] },
};

defineMailModels();

async function mountOverview(data, watch = {}) {
    mockDate("2026-03-15 12:00:00", 0);
    patchWithCleanup(session, { social_member: true });
    onRpc("social.profile", "get_risk", () => ({
        count: 0,
        has_more: false,
        profiles: [],
        watch,
    }));
    onRpc("social.profile", "get_overview", () => data);
    onRpc("social.onboarding", "get_steps", () => ({ is_complete: true, steps: [] }));
    const env = await makeMockEnv({ config: getDefaultConfig() });
    await mountWithCleanup(SocialOverview, { props: { action: {} } });
    await animationFrame();
    return env;
}

test("what needs a person comes first, with who has it and the way to mend it", async () => {
    mockService("action", { doAction: async (action) => expect.step(action.tag) });
    onRpc("social.profile", "action_renew", ({ args }) => {
        expect(args).toEqual([7]);
        return { type: "ir.actions.client", tag: "renewal" };
    });
    await mountOverview(DATA);
    expect(".o_social_needy [role=status]").toHaveText("9 connections need a person now");
    expect(queryAllTexts(".o_social_needy .badge")).toEqual([
        "✕Expired",
        "!Expires in 3 days",
    ]);
    expect(".o_social_needy li:first").toHaveText(/Anna takes care of it/);
    expect(".o_social_needy .btn-primary").toHaveCount(1);
    expect(".o_social_needy .btn-primary").toHaveText(/^Reconnect/);
    await click(".o_social_needy .btn-primary");
    await animationFrame();
    expect.verifySteps(["renewal"]);
});

test("the counts of a network lead to the list that they count", async () => {
    mockService("action", {
        doAction: async (action, { additionalContext } = {}) =>
            expect.step([action, additionalContext]),
    });
    onRpc("social.network", "action_renew_all", ({ args }) => `queue of ${args[0]}`);
    await mountOverview(DATA);
    expect(queryAllTexts(".o_social_count .badge")).toEqual(["✕1", "!1", "?2"]);
    expect(".o_social_networks small").toHaveText(/in 3 days$/);
    await click(".o_social_count[data-status=expired]");
    await click(".o_social_count[data-status=not_connected]");
    await click(".o_social_networks .btn-secondary");
    await animationFrame();
    const list = "social_token_manager.social_profile_action";
    expect.verifySteps([
        [
            list,
            {
                search_default_connected: 1,
                search_default_expired: 1,
                search_default_network_id: 3,
            },
        ],
        [list, { search_default_not_connected: 1, search_default_network_id: 3 }],
        ["queue of 3", undefined],
    ]);
});

test("health says why and which way it goes, figures only what is known", async () => {
    await mountOverview(DATA);
    expect(".o_social_health .badge").toHaveText("✕poor");
    expect(".o_social_health p").toHaveText("▲ +4 since last week");
    expect(".o_social_health tbody td:first").toHaveText("It does not work");
    expect(queryAllTexts(".o_social_lately dd")).toEqual([
        "99.9% of the time",
        "1, 1 of them not over",
        "less than 1 hour",
    ]);
});

test("networks and clients are compared, the rest of them where asked for", async () => {
    mockService("action", {
        doAction: async (_action, { additionalContext }) => expect.step(additionalContext),
    });
    const clients = [1, 2, 0].map((id) => ({ ...ROW, id, name: id ? `Client ${id}` : "" }));
    onRpc("social.profile", "get_compared", ({ args }) => {
        expect.step(args);
        return { count: 9, rows: clients };
    });
    const by_client = { count: 9, rows: clients.slice(0, 2) };
    await mountOverview({ ...DATA, by_client });
    expect(".o_social_compared").toHaveCount(2);
    const networks = ".o_social_compared[data-by=network_id]";
    expect(`${networks} h2`).toHaveText("The last 30 days by network");
    expect(queryAllTexts(`${networks} tbody tr:first td`)).toEqual([
        "5 days",
        "50%",
        "–\nNothing to renew",
    ]);
    expect(`${networks} tbody tr:last td:first`).toHaveText("None");
    expect(`${networks} .card-footer`).toHaveCount(0);
    await click(`${networks} tbody tr:first button`);
    const theirs = ".o_social_compared[data-by=partner_id]";
    expect(`${theirs} tbody tr`).toHaveCount(2);
    expect(`${theirs} .card-footer button`).toHaveText(/^Show all 9/);
    await click(`${theirs} .card-footer button`);
    await animationFrame();
    expect(`${theirs} tbody tr`).toHaveCount(3);
    expect(`${theirs} tbody tr:last th`).toHaveText("Without a client");
    expect(`${theirs} p`).toHaveText("These are the 3 worst of 9.");
    await click(`${theirs} .card-footer button`);
    await animationFrame();
    expect(`${theirs} tbody tr`).toHaveCount(2);
    await click(`${theirs} tbody tr:last button`);
    expect.verifySteps([
        { search_default_network_id: 3 },
        [true],
        { search_default_partner_id: 2 },
    ]);
});

test("an open Overview follows what changes elsewhere", async () => {
    const data = { ...DATA };
    await mountOverview(data);
    expect(".o_social_needy li").toHaveCount(2);
    data.needy = { count: 0, profiles: [] };
    getService("social_live").bus.trigger("changed", { ids: [7, 8] });
    await runAllTimers();
    await animationFrame();
    expect(".o_social_needy li").toHaveCount(0);
    expect(".o_social_needy [role=status]").toHaveText("No connection needs a person now");
});

test("without profiles it says what to do, and Managers see what stands still", async () => {
    mockService("action", { doAction: async (action) => expect.step(action) });
    const watch = { sentences: ["Renew tokens: switched off"], remedy: "Ask somebody." };
    await mountOverview({ ...DATA, profile_count: 0 }, watch);
    expect(".o_social_watch li").toHaveText("Renew tokens: switched off");
    expect(".o_social_needy").toHaveCount(0);
    await click(".o_social_overview_start .btn-primary");
    await animationFrame();
    expect.verifySteps(["social_token_manager.social_profile_action"]);
});
