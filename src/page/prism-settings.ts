/** Prism reads these when its core is loaded: it must not colour the document by itself. Imported before it. */
Object.assign(globalThis, { Prism: { manual: true, disableWorkerMessageHandler: true } });
