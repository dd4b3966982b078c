import { expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { session } from "@web/session";

const PROFILE = {
    id: 7,
    name: "Bakery",
    handle: "bakery",
    network: "Instagram",
    icon: "fa-instagram",
    client: "Bakery Ltd",
    status: "expiring",
    days_left: 3,
    reason: "",
    changes_permissions: true,
};

defineMailModels();

async function startWith(alert, flag = true) {
    patchWithCleanup(session, { social_login_alert: flag });
    onRpc("social.profile", "get_login_alert", () => {
        expect.step("asked");
        return alert;
    });
    const env = await makeMockEnv();
    await mountWithCleanup(MainComponentsContainer);
    env.bus.trigger("ACTION_MANAGER:UI-UPDATED", "current");
    await animationFrame();
    await animationFrame();
    return env;
}

test("who has something at risk is told, with the way to mend it", async () => {
    mockService("action", {
        doAction: async (action) => expect.step(action.tag),
    });
    onRpc("social.profile", "action_renew", ({ args }) => {
        expect(args).toEqual([7]);
        return { type: "ir.actions.client", tag: "renewal" };
    });
    await startWith({ count: 1, profiles: [PROFILE] });
    expect(".o_dialog .o_social_login_alert li").toHaveCount(1);
    expect(".o_dialog .badge").toHaveText("!Expires in 3 days");
    expect(queryAllTexts(".o_dialog .btn-primary")[0]).toMatch(/^Change permissions/);
    await click(".o_dialog .btn-primary");
    await animationFrame();
    expect.verifySteps(["asked", "renewal"]);
    expect(".o_dialog").toHaveCount(0);
});

test("a network on the short path is renewed, not permitted", async () => {
    await startWith({ count: 1, profiles: [{ ...PROFILE, changes_permissions: false }] });
    expect(queryAllTexts(".o_dialog .btn-primary")[0]).toMatch(/^Renew/);
    expect.verifySteps(["asked"]);
});

test("a snooze is about what is listed, and closes the dialog", async () => {
    onRpc("social.profile", "snooze_alert", ({ args }) => {
        expect.step(`snoozed ${args[0]}`);
        return true;
    });
    await startWith({ count: 3, profiles: [PROFILE] });
    expect(".o_dialog main p:last-child").toHaveText("And 2 more.");
    await click(".o_dialog footer .btn:nth-child(2)");
    await animationFrame();
    expect.verifySteps(["asked", "snoozed 7"]);
    expect(".o_dialog").toHaveCount(0);
});

test("it is read out as a dialog with a name, and the focus moves in", async () => {
    await startWith({ count: 1, profiles: [PROFILE] });
    expect(".o_dialog [role=dialog]").toHaveAttribute(
        "aria-label",
        "Connections that need you"
    );
    expect(".o_dialog [role=dialog]").toHaveAttribute("aria-modal", "true");
    expect(document.activeElement.closest(".o_dialog")).not.toBe(null);
    expect.verifySteps(["asked"]);
});

test("nothing at risk, no dialog", async () => {
    await startWith({ count: 0, profiles: [] });
    expect.verifySteps(["asked"]);
    expect(".o_dialog").toHaveCount(0);
});

test("after the first page of a session nothing is asked", async () => {
    await startWith({ count: 1, profiles: [PROFILE] }, false);
    expect.verifySteps([]);
    expect(".o_dialog").toHaveCount(0);
});

test("it comes once, and Escape closes it", async () => {
    const env = await startWith({ count: 1, profiles: [PROFILE] });
    await press("Escape");
    await animationFrame();
    expect(".o_dialog").toHaveCount(0);
    env.bus.trigger("ACTION_MANAGER:UI-UPDATED", "current");
    await animationFrame();
    expect(getService("dialog")).not.toBe(undefined);
    expect.verifySteps(["asked"]);
    expect(".o_dialog").toHaveCount(0);
});

test("what somebody took on says so, and the others stay", async () => {
    mockService("action", {
        doAction: async (action, { additionalContext, onClose }) => {
            expect(additionalContext).toEqual({ social_keep_page: true });
            onClose({ taken: "Mia has it until tomorrow." });
        },
    });
    onRpc("social.profile", "action_take", () => ({ type: "ir.actions.act_window" }));
    const gone = { ...PROFILE, status: "expired", is_gone: true, taken: "" };
    const other = { ...gone, id: 8, taken: "Tom has it until tomorrow." };
    await startWith({ count: 2, profiles: [gone, other] });
    const take = ".o_social_login_alert .btn-link";
    expect(take).toHaveCount(1);
    await click(take);
    await animationFrame();
    expect(take).toHaveCount(0);
    expect(".o_social_login_alert li").toHaveCount(2);
    expect(".o_social_login_alert").toHaveText(/Mia has it until tomorrow/);
    expect.verifySteps(["asked"]);
});
