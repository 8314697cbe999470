// What Python asks for once: each order is carried out by one canvas, one time.

import { useEffect } from "react";
import { type Session, useSession } from "./session";
import type { Order } from "./types";

/** The newest order that was carried out on this page, by whichever canvas. */
let done = 0;

/** They wait until the canvas is `ready` for them. */
export function useOrders(session: Session, ready: boolean, carryOut: (order: Order) => void): void {
  const order = useSession(session, ({ data }) => data.order);
  useEffect(() => {
    if (order === null || !ready || order.number <= done) return;
    done = order.number;
    carryOut(order);
  }, [order?.number, ready]);
}
