-- Pieces that came back without having been taken by hand were counted as fewer away than none. They are fewer sold: whatever is
-- counted, no more can be had than the supply less what is sold and held. What waits to be sent stays sold.
UPDATE stock SET away = 0, sold = CASE
    WHEN sold + away > (SELECT coalesce(sum(order_lines.quantity), 0) FROM order_lines
        JOIN orders ON orders.id = order_lines.order_id
        WHERE order_lines.key = stock.key AND orders.payment = 'paid' AND orders.fulfilment = 'new') THEN sold + away
    ELSE (SELECT CAST(coalesce(sum(order_lines.quantity), 0) AS BIGINT) FROM order_lines
        JOIN orders ON orders.id = order_lines.order_id
        WHERE order_lines.key = stock.key AND orders.payment = 'paid' AND orders.fulfilment = 'new')
    END
WHERE away < 0;
