import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const PAUSE = 3000; // ms

class SocialRenewalQueue extends models.Model {
    _name = "social.renewal.queue";

    name = fields.Char();
    is_running = fields.Boolean();

    _records = [
        { id: 1, name: "Running", is_running: true },
        { id: 2, name: "Done", is_running: false },
    ];
}

defineMailModels();
defineModels([SocialRenewalQueue]);

async function mountQueue(resId) {
    onRpc("social.renewal.queue", "web_read", () => {
        expect.step("read");
    });
    const view = await mountView({
        resModel: "social.renewal.queue",
        resId,
        type: "form",
        arch: '<form><field name="name"/><widget name="social_queue_watch"/></form>',
    });
    expect.verifySteps(["read"]);
    return view;
}

async function pass(time) {
    await advanceTime(time);
    await animationFrame();
}

test("a queue is looked at again while it runs, and no more when it is done", async () => {
    await mountQueue(1);
    await pass(PAUSE);
    await pass(PAUSE);
    expect.verifySteps(["read", "read"]);
    const values = { name: "All renewed", is_running: false };
    MockServer.env["social.renewal.queue"].write([1], values);
    await pass(PAUSE);
    expect.verifySteps(["read"]);
    expect("[name=name] input").toHaveValue("All renewed");
    await pass(3 * PAUSE);
    expect.verifySteps([]);
});

test("of a queue that is done nobody asks again", async () => {
    await mountQueue(2);
    await pass(3 * PAUSE);
    expect.verifySteps([]);
});

test("who leaves a running queue leaves nothing behind that asks", async () => {
    const view = await mountQueue(1);
    view.__owl__.destroy();
    await pass(3 * PAUSE);
    expect.verifySteps([]);
});
