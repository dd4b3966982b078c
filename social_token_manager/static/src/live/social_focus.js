import { browser } from "@web/core/browser/browser";

const FRAMES = 10;
const NAMED = ["type", "name", "aria-label"];

/**
 * Load a list of records again, and leave the focus where it was.
 *
 * Odoo draws the rows and cards of records that it loads anew. Where the record, or what
 * of it had the focus, is gone, nothing else gets it: somebody may be about to press.
 */
export async function loadHoldingFocus(list, root) {
    const focused = document.activeElement;
    const rowOf = ({ id }) => root.querySelector(`[data-id="${id}"]`);
    const held = list.records.find((record) => rowOf(record)?.contains(focused));
    await list.load();
    const record = held && list.records.find(({ resId }) => resId === held.resId);
    const row = record && (await drawn(() => rowOf(record)));
    if (row && [document.body, focused].includes(document.activeElement)) {
        [row, ...row.querySelectorAll(focused.tagName)].find(like(focused))?.focus();
    }
}

/** What is loaded is drawn within a few frames. */
async function drawn(find) {
    for (let frame = 0; frame < FRAMES && !find(); frame++) {
        await new Promise((resolve) => browser.requestAnimationFrame(resolve));
    }
    return find();
}

function like(element) {
    const told = (one) => NAMED.map((name) => one.getAttribute(name)).join();
    return (other) => told(other) === told(element);
}
