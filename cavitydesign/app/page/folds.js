// Parts that are open on wide screens and folded, below the answer, on narrow ones.

const NARROW = window.matchMedia("(max-width: 1000px)");

export function wireFolds(...folds) {
  const set = () => {
    for (const fold of folds) fold.open = !NARROW.matches;
  };
  set();
  NARROW.addEventListener("change", set);
}
