/// <reference lib="dom" />
/** Whether an element is near what a person sees, so that a page with a thousand charts reads and draws few of them. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** How far beyond the edges of the page: more than a screen, so that who scrolls or presses Tab finds it there. */
const MARGIN = "1500px";

/**
 * Returns a reference for the element, and whether it has been near.
 *
 * @param isFirst Whether it counts as near from the start.
 */
export function useNear<Target extends Element>(
  isFirst: boolean,
): [RefObject<Target | null>, boolean] {
  const box = useRef<Target>(null);
  const [isNear, setNear] = useState(isFirst);
  useEffect(() => {
    const element = box.current;
    if (element === null || isNear) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) setNear(true);
    }, { root: element.closest("main"), rootMargin: MARGIN });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isNear]);
  return [box, isNear];
}
