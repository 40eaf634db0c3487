/** What is pushed to this device is the person's who signed in on it: not the next one's to read. */
export async function endPushes(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
  // the server's next push finds nobody, and it forgets the device
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}
