;; Taking records of a data file apart: one loop for one column of one piece of a file. A run reads its bars before
;; JavaScript has been compiled; these loops are, after their first thousand passes, and then cost what memory costs.
;;
;; `from` and `end` are addresses in the records, `step` is the size of a record; `to`, `at` and `opens` are addresses of
;; columns of doubles. Every loop runs at least once: a piece has a record.
(module
  (memory (export "memory") 6)

  ;; 64-bit whole numbers.
  (func (export "times") (param $from i32) (param $end i32) (param $step i32) (param $to i32)
    (loop $next
      (f64.store (local.get $to) (f64.convert_i64_s (i64.load (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (local.get $step)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  (func (export "doubles") (param $from i32) (param $end i32) (param $step i32) (param $to i32)
    (loop $next
      (f64.store (local.get $to) (f64.load (local.get $from)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (local.get $step)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  (func (export "floats") (param $from i32) (param $end i32) (param $step i32) (param $to i32)
    (loop $next
      (f64.store (local.get $to) (f64.promote_f32 (f32.load (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (local.get $step)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; Replaces whole prices, in place, by the grid point beside them where they are one but for rounding: where the two
  ;; are at most the price's 2^-52 apart. Adding 0 makes 0 of -0.
  (func (export "snap") (param $at i32) (param $end i32) (param $minmove f64) (param $pricescale f64)
    (local $price f64) (local $snapped f64)
    (loop $next
      (local.set $price (f64.load (local.get $at)))
      (local.set $snapped
        (f64.add (f64.const 0)
          (f64.div
            (f64.mul
              (f64.nearest (f64.div (f64.mul (local.get $price) (local.get $pricescale)) (local.get $minmove)))
              (local.get $minmove))
            (local.get $pricescale))))
      (f64.store (local.get $at)
        (select (local.get $snapped) (local.get $price)
          (f64.le
            (f64.abs (f64.sub (local.get $snapped) (local.get $price)))
            (f64.mul (f64.abs (local.get $price)) (f64.const 0x1p-52)))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Turns distances from the opens, in place, into the prices they stand for. A distance went through 32 bits, so it is
  ;; good to its 2^-23. Without a grid (0/0) no grid point is near anything.
  (func (export "resolve")
    (param $at i32) (param $end i32) (param $opens i32) (param $minmove f64) (param $pricescale f64)
    (local $price f64) (local $snapped f64) (local $distance f64)
    (loop $next
      (local.set $distance (f64.load (local.get $at)))
      (local.set $price (f64.add (f64.load (local.get $opens)) (local.get $distance)))
      (local.set $snapped
        (f64.add (f64.const 0)
          (f64.div
            (f64.mul
              (f64.nearest (f64.div (f64.mul (local.get $price) (local.get $pricescale)) (local.get $minmove)))
              (local.get $minmove))
            (local.get $pricescale))))
      (f64.store (local.get $at)
        (select (local.get $snapped) (local.get $price)
          (f64.le
            (f64.abs (f64.sub (local.get $snapped) (local.get $price)))
            (f64.add
              (f64.mul (f64.abs (local.get $distance)) (f64.const 0x1p-23))
              (f64.mul (f64.abs (local.get $price)) (f64.const 0x1p-52))))))
      (local.set $opens (i32.add (local.get $opens) (i32.const 8)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))))
