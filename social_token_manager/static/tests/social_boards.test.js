import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne, waitUntil } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockEnv,
    MockServer,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { clickEvent } from "@web/../tests/views/calendar/calendar_test_helpers";
import { session } from "@web/session";
import { socialProfilesItem } from "@social_token_manager/live/social_user_menu";

class SocialNetwork extends models.Model {
    _name = "social.network";

    name = fields.Char();

    _records = [{ id: 1, name: "Instagram" }];
}

class SocialProfile extends models.Model {
    _name = "social.profile";

    name = fields.Char();
    network_id = fields.Many2one({ relation: "social.network" });
    status = fields.Selection({
        selection: [
            ["expired", "Expired"],
            ["expiring", "Expiring within 7 days"],
            ["valid", "Valid"],
            ["no_expiry", "No expiration date"],
        ],
    });
    days_left = fields.Integer({ aggregator: "min" });
    health = fields.Integer();
    health_text = fields.Text();
    expires_at = fields.Datetime();
    reason = fields.Char();
    may_renew = fields.Boolean();
    plan = fields.Json();
    weeks = fields.Json();

    _records = [
        {
            id: 1,
            name: "Gone",
            network_id: 1,
            status: "expired",
            expires_at: "2026-03-02 12:00:00",
            reason: "revoked",
            health: 40,
            health_text: "40 of 100, poor\n−4 since last week\n−60: It does not work",
        },
        {
            id: 2,
            name: "Soon",
            network_id: 1,
            status: "expiring",
            days_left: 1,
            expires_at: "2026-03-11 13:00:00",
        },
        {
            id: 3,
            name: "Fine",
            network_id: 1,
            status: "valid",
            days_left: 15,
            expires_at: "2026-03-25 12:00:00",
            weeks: [
                {
                    week: "03/23/2026",
                    before: 2,
                    after: 6,
                    before_share: 33,
                    after_share: 100,
                    warning: "! More than 5 end",
                },
            ],
            plan: [
                {
                    id: 3,
                    name: "Fine",
                    network: "Instagram",
                    icon: "fa-instagram",
                    client: "Bakery",
                    login: "Anna",
                    ends: "03/25/2026",
                    renewed: "03/10/2026",
                    next: "06/10/2026",
                    is_on_day_off: true,
                },
            ],
        },
        {
            id: 4,
            name: "Always",
            network_id: 1,
            status: "no_expiry",
            health: 100,
            health_text: "100 of 100, good",
        },
        {
            id: 5,
            name: "Never",
            network_id: 1,
            status: "expired",
            expires_at: "2026-03-02 12:00:00",
            reason: "not_connected",
        },
    ];
}

defineMailModels();
defineModels([SocialNetwork, SocialProfile]);

const KANBAN = (content) => ({
    resModel: "social.profile",
    type: "kanban",
    arch: `
        <kanban js_class="social_profile_kanban">
            <templates><t t-name="card">${content}</t></templates>
        </kanban>`,
});

test("the orange mark is there where a connection needs somebody, and says so", async () => {
    await mountView(KANBAN('<field name="name"/><widget name="social_need_mark"/>'));
    expect(".o_social_need[role=img]").toHaveCount(3);
    for (const name of ["Gone", "Soon", "Never"]) {
        expect(`.o_kanban_record:contains(${name}) .o_social_need`).toHaveCount(1);
    }
    expect(".o_kanban_record:contains(Soon) .o_social_need").toHaveAttribute(
        "aria-label",
        "Needs somebody: refresh the connection so that data keeps coming"
    );
    expect(".o_kanban_record:contains(Never) .o_social_need").toHaveAttribute(
        "aria-label",
        "Needs somebody: not connected yet"
    );
});

test("days left are words on a card, with the exact moment", async () => {
    mockTimeZone(0);
    await mountView(
        KANBAN(`
            <field name="status" widget="social_status"/>
            <field name="days_left" widget="social_days_left" options="{'words': True}"/>`)
    );
    expect(queryAllTexts("div[name=days_left]")).toEqual([
        "",
        "",
        "15 days left",
        "",
        "",
    ]);
    expect("div[name=days_left]:eq(2) span").toHaveAttribute("title", /03\/25\/2026/);
    expect(".o_social_status:eq(1)").toHaveText(/Expires in 1 day/);
    expect(".o_social_status:eq(1)").toHaveAttribute("title", /03\/11\/2026/);
});

test("a card says how healthy its connection is, and why where that is opened", async () => {
    await mountView({
        ...KANBAN(`
            <field name="name"/>
            <field name="health" widget="social_health" options="{'words': True}"/>`),
        selectRecord: (resId) => expect.step(resId),
    });
    const gone = ".o_kanban_record:contains(Gone)";
    expect(`${gone} summary`).toHaveText("Health: 40 of 100, poor");
    expect(`${gone} details`).toHaveAttribute("title", /It does not work/);
    expect(`${gone} details`).not.toHaveAttribute("open");
    await contains(`${gone} summary`).click();
    expect(`${gone} details`).toHaveAttribute("open");
    expect(queryAllTexts(`${gone} li`)).toEqual([
        "−4 since last week",
        "−60: It does not work",
    ]);
    expect.verifySteps([]);
    const always = ".o_kanban_record:contains(Always)";
    expect(`${always} [name=health]`).toHaveText("Health: 100 of 100, good");
    expect(`${always} details`).toHaveCount(0);
    expect(".o_kanban_record:contains(Never) [name=health]").toHaveText("");
});

test("the calendar names each end by shape, word, network and profile", async () => {
    mockDate("2026-03-10 12:00:00");
    mockTimeZone(0);
    await mountView({
        resModel: "social.profile",
        type: "calendar",
        arch: `
            <calendar js_class="social_profile_calendar" date_start="expires_at"
                color="status" mode="month" create="0" edit="0" delete="0" event_limit="6">
                <field name="name" invisible="1"/>
                <field name="days_left" invisible="1"/>
                <field name="status"/>
                <field name="network_id"/>
            </calendar>`,
    });
    expect(queryAllTexts(".o_event_title")).toEqual([
        "✕ Expired · Instagram: Gone",
        "✕ Expired · Instagram: Never",
        "! Expires in 1 day · Instagram: Soon",
        "✓ Valid · Instagram: Fine",
    ]);
    expect(".fc-event.o_calendar_color_1").toHaveCount(2);
    expect(".fc-event.o_calendar_color_10").toHaveCount(1);
    await clickEvent(2);
    expect(".o_cw_popover .o_cw_body").toHaveText(/1:00 PM/);
    expect(".o_cw_popover .o_cw_body").not.toHaveText(/hour/);
});

test("a simulation is two tables with words for each warning", async () => {
    await mountView({
        resModel: "social.profile",
        resId: 3,
        type: "form",
        arch: `
            <form>
                <field name="weeks" widget="social_forecast_weeks"/>
                <field name="plan" widget="social_forecast_plan"/>
            </form>`,
    });
    expect(queryAllTexts("div[name=weeks] tbody tr *:not(:has(*))").filter(Boolean)).toEqual([
        "03/23/2026",
        "! More than 5 end",
    ]);
    expect("div[name=weeks] tbody td:eq(0)").toHaveText("2");
    expect("div[name=weeks] tbody td:eq(1)").toHaveText("6");
    expect("div[name=weeks] [aria-hidden=true]").toHaveCount(2);
    expect("div[name=plan] tbody th").toHaveText(/Instagram: Fine\s*Bakery/);
    expect("div[name=plan] tbody td:last").toHaveText(/06\/10\/2026\s*! Day off/);
});

test("above a forecast stands the way to its simulation", async () => {
    mockService("action", {
        doAction: async (action) => expect.step(action),
    });
    await mountView({
        resModel: "social.profile",
        type: "pivot",
        arch: `
            <pivot js_class="social_forecast_pivot">
                <field name="network_id" type="row"/>
            </pivot>`,
    });
    await contains(".o_social_forecast_top button").click();
    expect.verifySteps(["social_token_manager.social_forecast_wizard_action"]);
});

test("buttons of a card are pressed by keyboard, too", async () => {
    await mountView(
        KANBAN('<field name="name"/><widget name="social_row_menu"/>')
    );
    queryOne(".o_kanban_record:contains(Soon) .o_social_row_menu").focus();
    await press("Enter");
    await animationFrame();
    expect(".o-dropdown-item").not.toHaveCount(0);
});

test("what changes while a view loads for the first time is shown as well", async () => {
    const answered = new Deferred();
    let reads = 0;
    onRpc("web_search_read", async ({ parent }) => {
        reads++;
        const answer = parent();
        await answered;
        return answer;
    });
    const mounting = mountView(KANBAN('<field name="name"/>'));
    await waitUntil(() => reads);
    getService("social_live").bus.trigger("changed", { ids: [1] });
    await animationFrame();
    expect(reads).toBe(1);
    answered.resolve();
    await mounting;
    await animationFrame();
    await advanceTime(300);
    await animationFrame();
    expect(reads).toBe(2);
});

/** Tell the open views that the first profile is fine now, and wait until they follow. */
async function mend() {
    MockServer.env["social.profile"].write([1], { status: "valid" });
    getService("social_live").bus.trigger("changed", { ids: [1] });
    await animationFrame();
    await advanceTime(300);
    await animationFrame();
}

test("cards follow what changes elsewhere", async () => {
    await mountView(KANBAN('<field name="name"/><widget name="social_need_mark"/>'));
    await mend();
    expect(".o_kanban_record:contains(Gone) .o_social_need").toHaveCount(0);
});

const STATUS = '<field name="name"/><field name="status" widget="social_status"/>';

test("a list follows what changes elsewhere, but takes nothing from under one's hands", async () => {
    onRpc("social.onboarding", "get_steps", () => ({ is_complete: true, steps: [] }));
    await mountView({
        resModel: "social.profile",
        type: "list",
        arch: `<list js_class="social_profile_list">${STATUS}</list>`,
    });
    await contains(".o_data_row:contains(Soon) .o_list_record_selector input").click();
    await mend();
    expect(".o_data_row:contains(Gone) .o_social_status").toHaveText(/Expired/);
    await contains(".o_data_row:contains(Soon) .o_list_record_selector input").click();
    await mend();
    expect(".o_data_row:contains(Gone) .o_social_status").toHaveText(/Valid/);
});

test("a form follows what changes elsewhere, but keeps what is typed into it", async () => {
    const form = `<form js_class="social_profile_form">${STATUS}</form>`;
    await mountView({ resModel: "social.profile", resId: 1, type: "form", arch: form });
    await contains("[name=name] input").edit("Gone for now", { confirm: false });
    await mend();
    expect(".o_social_status").toHaveText(/Expired/);
    expect("[name=name] input").toHaveValue("Gone for now");
    await contains(".o_form_button_cancel").click();
    await mend();
    expect(".o_social_status").toHaveText(/Valid/);
});

test("a calendar, a graph and a pivot ask again when something changes elsewhere", async () => {
    mockDate("2026-03-10 12:00:00");
    const methods = {
        calendar: "search_read",
        graph: "formatted_read_group",
        pivot: "formatted_read_grouping_sets",
    };
    for (const method of Object.values(methods)) {
        onRpc("social.profile", method, () => expect.step(method));
    }
    const archs = {
        calendar: `
            <calendar js_class="social_profile_calendar" date_start="expires_at" color="status">
                <field name="name"/>
                <field name="days_left"/>
                <field name="network_id"/>
            </calendar>`,
        graph: '<graph js_class="social_profile_graph"><field name="network_id"/></graph>',
        pivot: `
            <pivot js_class="social_profile_pivot">
                <field name="network_id" type="row"/>
            </pivot>`,
    };
    for (const [type, arch] of Object.entries(archs)) {
        const view = await mountView({ resModel: "social.profile", type, arch });
        expect.verifySteps([methods[type]]);
        await mend();
        expect.verifySteps([methods[type]]);
        view.__owl__.destroy();
    }
});

test("a menu that is open stays, and the cards follow when it is closed", async () => {
    await mountView(
        KANBAN(`
            <field name="name"/>
            <widget name="social_need_mark"/>
            <widget name="social_row_menu"/>`)
    );
    const mark = ".o_kanban_record:contains(Gone) .o_social_need";
    queryOne(".o_kanban_record:contains(Soon) .o_social_row_menu").focus();
    await press("Enter");
    await animationFrame();
    await mend();
    expect(".o-dropdown-item").not.toHaveCount(0);
    expect(mark).toHaveCount(1);
    await press("Escape");
    await animationFrame();
    expect(".o-dropdown-item").toHaveCount(0);
    await advanceTime(300);
    await animationFrame();
    expect(mark).toHaveCount(0);
});

test("what had the focus has it after the cards followed", async () => {
    await mountView(KANBAN('<field name="name"/><widget name="social_row_menu"/>'));
    const more = ".o_kanban_record:contains(Soon) .o_social_row_menu";
    const before = queryOne(more);
    before.focus();
    await mend();
    await animationFrame();
    expect(before.isConnected).toBe(false);
    expect(more).toBeFocused();
});

test("where what had the focus is gone, nothing else gets it", async () => {
    await mountView(
        KANBAN(`
            <field name="status" invisible="1"/>
            <field name="name"/>
            <button name="mend" type="object" invisible="status == 'valid'">Mend</button>
            <widget name="social_row_menu"/>`)
    );
    queryOne(".o_kanban_record:contains(Gone) button[name=mend]").focus();
    await mend();
    await animationFrame();
    expect(".o_kanban_record:contains(Gone) button[name=mend]").toHaveCount(0);
    expect(document.body).toBeFocused();
});

test("the way from one's picture is there for who has a role here", async () => {
    const env = await makeMockEnv();
    const item = socialProfilesItem(env);
    expect(String(item.description)).toBe("Social profiles & tokens");
    expect(item.show()).toBe(false);
    patchWithCleanup(session, { social_member: true });
    expect(item.show()).toBe(true);
});
