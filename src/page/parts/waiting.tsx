/** Stands where the first answer will: as tall as a result, so that nothing jumps when it comes. */
export function Waiting() {
  return (
    <div class="waiting">
      <p class="unseen">Searching …</p>
      {[1, 2, 3].map((n) => (
        <div key={n} aria-hidden="true" />
      ))}
    </div>
  );
}
