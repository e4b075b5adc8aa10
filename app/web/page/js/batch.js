/** Messages that are applied at once, without waiting for a frame. */
const most = 400;

/**
 * Collects messages; one animation frame applies them all. A hidden page has no frames: there
 * each message is applied when it comes, and drawn when the page is seen again.
 */
export class Batch {
  constructor({ apply, draw }) {
    this.apply = apply;
    this.draw = draw;
    this.messages = [];
    this.scheduled = false;
    document.addEventListener("visibilitychange", () => this.wake());
  }

  push(message) {
    this.messages.push(message);
    if (this.messages.length >= most) this.flush();
    this.wake();
  }

  /** A frame is wanted. */
  wake() {
    if (document.hidden) {
      this.flush();
      return;
    }
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.flush();
      this.draw();
    });
  }

  flush() {
    const { messages } = this;
    if (!messages.length) return;
    this.messages = [];
    this.apply(messages);
  }
}
