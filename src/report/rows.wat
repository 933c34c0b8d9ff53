;; Numbers and whole rows of numbers as text. Prices and other short decimals are found by multiplication, the rest by
;; arithmetic in two doubles, whose product is exact. What neither decides for certain (a tie, a power of two, the very
;; large and the very small) asks JavaScript. Digits are made eight at a time, in the lanes of a 64-bit word.
;;
;; `$at` is where to write, and what is returned is the place behind; what lies behind that may be overwritten, up to
;; 32 bytes from `$at`.
(module
  ;; Writes the number as JavaScript prints it.
  (import "host" "text" (func $text (param $at i32) (param $value f64) (result i32)))
  (memory (export "memory") 6)

  ;; Tables, filled from outside. Powers of ten from 1e-4 to 1e22; for the exponent of every double from that of 1e-4 to
  ;; that of 1e9 how many digits there are behind the point when there are 17 in all, of the smallest such double.
  (global (export "tens") i32 (i32.const 0))
  (global (export "places") i32 (i32.const 216))

  ;; The digits of a number below 1e8, one in a byte, the first in the lowest.
  (func $digits (param $number i32) (result i64)
    (local $lanes i64) (local $part i64) (local $four i32)
    (local.set $four (i32.div_u (local.get $number) (i32.const 10000)))
    (local.set $lanes
      (i64.or
        (i64.extend_i32_u (local.get $four))
        (i64.shl
          (i64.extend_i32_u
            (i32.sub (local.get $number) (i32.mul (local.get $four) (i32.const 10000))))
          (i64.const 32))))
    ;; Lanes of four digits: 10486 / 2^20 divides them by a hundred.
    (local.set $part
      (i64.and
        (i64.shr_u (i64.mul (local.get $lanes) (i64.const 10486)) (i64.const 20))
        (i64.const 0x0000007f0000007f)))
    (local.set $lanes
      (i64.or
        (local.get $part)
        (i64.shl
          (i64.sub (local.get $lanes) (i64.mul (local.get $part) (i64.const 100)))
          (i64.const 16))))
    ;; Lanes of two: 103 / 2^10 divides them by ten.
    (local.set $part
      (i64.and
        (i64.shr_u (i64.mul (local.get $lanes) (i64.const 103)) (i64.const 10))
        (i64.const 0x000f000f000f000f)))
    (i64.or
      (local.get $part)
      (i64.shl (i64.sub (local.get $lanes) (i64.mul (local.get $part) (i64.const 10))) (i64.const 8))))

  (func $putDigits (param $at i32) (param $digits i64)
    (i64.store (local.get $at) (i64.or (local.get $digits) (i64.const 0x3030303030303030))))

  ;; How many of eight digits there are without the zeros at their end.
  (func $significant (param $digits i64) (result i32)
    (i32.sub (i32.const 8) (i32.wrap_i64 (i64.shr_u (i64.clz (local.get $digits)) (i64.const 3)))))

  ;; A whole number below 1e9.
  (func $whole (param $at i32) (param $number i32) (result i32)
    (local $first i32) (local $digits i64) (local $zeros i64)
    (if (i32.ge_u (local.get $number) (i32.const 100000000))
      (then
        (local.set $first (i32.div_u (local.get $number) (i32.const 100000000)))
        (i32.store8 (local.get $at) (i32.add (local.get $first) (i32.const 0x30)))
        (call $putDigits
          (i32.add (local.get $at) (i32.const 1))
          (call $digits
            (i32.sub (local.get $number) (i32.mul (local.get $first) (i32.const 100000000)))))
        (return (i32.add (local.get $at) (i32.const 9)))))
    (local.set $digits (call $digits (local.get $number)))
    ;; Of 0 one is left.
    (local.set $zeros (i64.shr_u (i64.ctz (i64.or (local.get $digits) (i64.const 0x0100000000000000))) (i64.const 3)))
    (i64.store
      (local.get $at)
      (i64.shr_u
        (i64.or (local.get $digits) (i64.const 0x3030303030303030))
        (i64.shl (local.get $zeros) (i64.const 3))))
    (i32.sub (i32.add (local.get $at) (i32.const 8)) (i32.wrap_i64 (local.get $zeros))))

  (func $float (export "float") (param $at i32) (param $value f64) (result i32)
    (local $size f64) (local $start i32) (local $whole i32) (local $scaled f64) (local $digits i64)
    (if (f64.ne (local.get $value) (local.get $value))
      (then
        (i32.store (local.get $at) (i32.const 0x4e614e))
        (return (i32.add (local.get $at) (i32.const 3)))))
    (local.set $size (f64.abs (local.get $value)))
    (if (i32.eqz
          (i32.and
            (f64.ge (local.get $size) (f64.const 1e-4))
            (f64.lt (local.get $size) (f64.const 1e9))))
      (then (return (call $rare (local.get $at) (local.get $value)))))
    (local.set $start (local.get $at))
    (if (f64.lt (local.get $value) (f64.const 0))
      (then
        (i32.store8 (local.get $at) (i32.const 0x2d))
        (local.set $start (i32.add (local.get $at) (i32.const 1)))))
    (local.set $whole (i32.trunc_sat_f64_s (local.get $size)))
    ;; At most 15 digits, so that no shorter decimal and no other of this length is the same double.
    (local.set $scaled
      (f64.floor (f64.add (f64.mul (local.get $size) (f64.const 1e5)) (f64.const 0.5))))
    (if (f64.eq (f64.div (local.get $scaled) (f64.const 1e5)) (local.get $size))
      (then
        (local.set $start (call $whole (local.get $start) (local.get $whole)))
        (i32.store8 (local.get $start) (i32.const 0x2e))
        (local.set $digits
          (call $digits
            (i32.mul
              (i32.trunc_sat_f64_s
                (f64.sub
                  (local.get $scaled)
                  (f64.mul (f64.convert_i32_s (local.get $whole)) (f64.const 1e5))))
              (i32.const 1000))))
        (call $putDigits (i32.add (local.get $start) (i32.const 1)) (local.get $digits))
        ;; One stands behind the point, be it zero.
        (return
          (i32.add
            (i32.add (local.get $start) (i32.const 1))
            (call $significant (i64.or (local.get $digits) (i64.const 1)))))))
    (local.set $start (call $shortest (local.get $start) (local.get $size) (local.get $whole)))
    (if (i32.lt_s (local.get $start) (i32.const 0))
      (then (return (call $text (local.get $at) (local.get $value)))))
    (local.get $start))

  ;; The very small and the large, of which whole numbers, such as volumes, are the frequent ones.
  (func $rare (param $at i32) (param $value f64) (result i32)
    (local $rest f64)
    (if (i64.eqz (i64.reinterpret_f64 (local.get $value)))
      (then
        (i32.store (local.get $at) (i32.const 0x302e30))
        (return (i32.add (local.get $at) (i32.const 3)))))
    (if (i32.eqz
          (i32.and
            (i32.and
              (f64.ge (local.get $value) (f64.const 1e9))
              (f64.lt (local.get $value) (f64.const 1e15)))
            (f64.eq (f64.floor (local.get $value)) (local.get $value))))
      (then (return (call $text (local.get $at) (local.get $value)))))
    (local.set $rest (f64.floor (f64.div (local.get $value) (f64.const 1e8))))
    (local.set $at (call $whole (local.get $at) (i32.trunc_sat_f64_s (local.get $rest))))
    (call $putDigits
      (local.get $at)
      (call $digits
        (i32.trunc_sat_f64_s
          (f64.sub (local.get $value) (f64.mul (local.get $rest) (f64.const 1e8))))))
    (i32.store16 (i32.add (local.get $at) (i32.const 8)) (i32.const 0x302e))
    (i32.add (local.get $at) (i32.const 10)))

  ;; The shortest digits of a number that has no five digits behind its point: 17 of them are certain to be enough, and
  ;; those behind the point are an exact sum of two doubles; so is the distance to the middle between neighbouring
  ;; numbers, within which fewer digits may be found. −1 when it cannot be said for certain.
  (func $shortest (param $at i32) (param $size f64) (param $whole i32) (result i32)
    (local $bits i64) (local $exponent i32) (local $decimals i32)
    (local $fraction f64) (local $power f64) (local $main f64) (local $split f64)
    (local $fractionHigh f64) (local $fractionLow f64) (local $powerHigh f64) (local $powerLow f64)
    (local $error f64) (local $top i32) (local $low f64) (local $reach f64)
    (local $number f64) (local $distance f64) (local $digits i64) (local $more i64)
    (local.set $bits (i64.reinterpret_f64 (local.get $size)))
    ;; A power of two has a nearer neighbour below.
    (if (i64.eqz (i64.and (local.get $bits) (i64.const 0x000fffffffffffff)))
      (then (return (i32.const -1))))
    (local.set $exponent (i32.wrap_i64 (i64.shr_u (local.get $bits) (i64.const 52))))
    (local.set $decimals (i32.load8_u offset=216 (i32.sub (local.get $exponent) (i32.const 1009))))
    ;; From the next power of ten on there is one less: 17 - decimals, and tables begin at 1e-4.
    (if (f64.ge
          (local.get $size)
          (f64.load (i32.shl (i32.sub (i32.const 21) (local.get $decimals)) (i32.const 3))))
      (then (local.set $decimals (i32.sub (local.get $decimals) (i32.const 1)))))
    (local.set $fraction (f64.sub (local.get $size) (f64.convert_i32_s (local.get $whole))))
    (local.set $power (f64.load offset=32 (i32.shl (local.get $decimals) (i32.const 3))))
    (local.set $main (f64.mul (local.get $fraction) (local.get $power)))
    ;; Halves of 26 bits have exact products (Veltkamp); what rounding took from the whole product (Dekker).
    (local.set $split (f64.mul (local.get $fraction) (f64.const 134217729)))
    (local.set $fractionHigh
      (f64.sub (local.get $split) (f64.sub (local.get $split) (local.get $fraction))))
    (local.set $fractionLow (f64.sub (local.get $fraction) (local.get $fractionHigh)))
    (local.set $split (f64.mul (local.get $power) (f64.const 134217729)))
    (local.set $powerHigh (f64.sub (local.get $split) (f64.sub (local.get $split) (local.get $power))))
    (local.set $powerLow (f64.sub (local.get $power) (local.get $powerHigh)))
    (local.set $error
      (f64.sub
        (f64.mul (local.get $fractionLow) (local.get $powerLow))
        (f64.sub
          (f64.sub
            (f64.sub (local.get $main) (f64.mul (local.get $fractionHigh) (local.get $powerHigh)))
            (f64.mul (local.get $fractionLow) (local.get $powerHigh)))
          (f64.mul (local.get $fractionHigh) (local.get $powerLow)))))
    (local.set $top (i32.trunc_sat_f64_s (f64.mul (local.get $main) (f64.const 1e-8))))
    (local.set $low
      (f64.add
        (f64.sub (local.get $main) (f64.mul (f64.convert_i32_s (local.get $top)) (f64.const 1e8)))
        (local.get $error)))
    ;; Half the distance to the next double, in units of the last digit.
    (local.set $reach
      (f64.mul
        (f64.reinterpret_i64
          (i64.shl
            (i64.extend_i32_u (i32.sub (local.get $exponent) (i32.const 53)))
            (i64.const 52)))
        (local.get $power)))
    ;; Closer than 1e-6 to a boundary nothing is said; sums above are wrong by less than 1e-7.
    (local.set $number
      (f64.mul
        (f64.trunc (f64.mul (f64.add (local.get $low) (f64.const 50)) (f64.const 0.01)))
        (f64.const 100)))
    (local.set $distance (f64.abs (f64.sub (local.get $number) (local.get $low))))
    (if (i32.eqz (f64.lt (local.get $distance) (f64.sub (local.get $reach) (f64.const 1e-6))))
      (then
        (if (f64.le (local.get $distance) (f64.add (local.get $reach) (f64.const 1e-6)))
          (then (return (i32.const -1))))
        (local.set $number
          (f64.mul
            (f64.trunc (f64.mul (f64.add (local.get $low) (f64.const 5)) (f64.const 0.1)))
            (f64.const 10)))
        (local.set $distance (f64.abs (f64.sub (local.get $number) (local.get $low))))
        (if (f64.lt (local.get $distance) (f64.sub (local.get $reach) (f64.const 1e-6)))
          (then
            (if (f64.gt (local.get $distance) (f64.const 4.999999)) (then (return (i32.const -1)))))
          (else
            (if (f64.le (local.get $distance) (f64.add (local.get $reach) (f64.const 1e-6)))
              (then (return (i32.const -1))))
            (local.set $number (f64.trunc (f64.add (local.get $low) (f64.const 0.5))))
            (if (f64.gt
                  (f64.abs (f64.sub (local.get $number) (local.get $low)))
                  (f64.const 0.499999))
              (then (return (i32.const -1))))))))
    ;; A carry ends here: the next whole number and the next power of ten are other doubles, so out of reach.
    (if (f64.ge (local.get $number) (f64.const 1e8))
      (then
        (local.set $number (f64.sub (local.get $number) (f64.const 1e8)))
        (local.set $top (i32.add (local.get $top) (i32.const 1)))))
    ;; Each part is written eight digits wide, and the next begins where its own digits are over.
    (if (local.get $whole)
      (then
        (local.set $at (call $whole (local.get $at) (local.get $whole)))
        (i32.store8 (local.get $at) (i32.const 0x2e))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $top
          (i32.trunc_sat_f64_s
            (f64.mul
              (f64.convert_i32_s (local.get $top))
              (f64.load offset=32
                (i32.shl (i32.sub (i32.const 16) (local.get $decimals)) (i32.const 3)))))))
      (else
        (i64.store (local.get $at) (i64.const 0x3030302e30))
        ;; 17 digits, of which the first stands by itself.
        (local.set $at (i32.add (local.get $at) (i32.sub (local.get $decimals) (i32.const 15))))
        (local.set $exponent (i32.div_u (local.get $top) (i32.const 100000000)))
        (i32.store8 (local.get $at) (i32.add (local.get $exponent) (i32.const 0x30)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $top
          (i32.sub (local.get $top) (i32.mul (local.get $exponent) (i32.const 100000000))))
        (local.set $decimals (i32.const 16))))
    (local.set $digits (call $digits (local.get $top)))
    (call $putDigits (local.get $at) (local.get $digits))
    (local.set $more (call $digits (i32.trunc_sat_f64_s (local.get $number))))
    (if (i64.eqz (local.get $more))
      (then
        (return (i32.add (local.get $at) (call $significant (i64.or (local.get $digits) (i64.const 1)))))))
    (local.set $at (i32.add (local.get $at) (i32.sub (local.get $decimals) (i32.const 8))))
    (call $putDigits (local.get $at) (local.get $more))
    (i32.add (local.get $at) (call $significant (local.get $more))))

  ;; Two digits of a number below a hundred, the first in the lowest byte.
  (func $two (param $number i32) (result i32)
    (local $ten i32)
    (local.set $ten (i32.shr_u (i32.mul (local.get $number) (i32.const 103)) (i32.const 10)))
    (i32.or
      (i32.add (local.get $ten) (i32.const 0x3030))
      (i32.shl (i32.sub (local.get $number) (i32.mul (local.get $ten) (i32.const 10))) (i32.const 8))))

  ;; A day since 1970, of the years 0 to 9999, as `2024-01-01T` (Hinnant's civil_from_days).
  (func $date (param $at i32) (param $day i32)
    (local $era i32) (local $year i32) (local $month i32)
    ;; From the first of March of the year 0 on; nothing is below the year -400.
    (local.set $day (i32.add (local.get $day) (i32.const 865565)))
    (local.set $era (i32.div_u (local.get $day) (i32.const 146097)))
    (local.set $day (i32.sub (local.get $day) (i32.mul (local.get $era) (i32.const 146097))))
    (local.set $year
      (i32.div_u
        (i32.sub
          (i32.add
            (i32.sub (local.get $day) (i32.div_u (local.get $day) (i32.const 1460)))
            (i32.div_u (local.get $day) (i32.const 36524)))
          (i32.div_u (local.get $day) (i32.const 146096)))
        (i32.const 365)))
    (local.set $day
      (i32.sub
        (local.get $day)
        (i32.sub
          (i32.add
            (i32.mul (local.get $year) (i32.const 365))
            (i32.div_u (local.get $year) (i32.const 4)))
          (i32.div_u (local.get $year) (i32.const 100)))))
    (local.set $year
      (i32.sub
        (i32.add (local.get $year) (i32.mul (local.get $era) (i32.const 400)))
        (i32.const 400)))
    (local.set $month
      (i32.div_u (i32.add (i32.mul (local.get $day) (i32.const 5)) (i32.const 2)) (i32.const 153)))
    (local.set $day
      (i32.sub
        (i32.add (local.get $day) (i32.const 1))
        (i32.div_u (i32.add (i32.mul (local.get $month) (i32.const 153)) (i32.const 2)) (i32.const 5))))
    (if (i32.lt_u (local.get $month) (i32.const 10))
      (then (local.set $month (i32.add (local.get $month) (i32.const 3))))
      (else
        (local.set $month (i32.sub (local.get $month) (i32.const 9)))
        (local.set $year (i32.add (local.get $year) (i32.const 1)))))
    (i32.store16 (local.get $at) (call $two (i32.div_u (local.get $year) (i32.const 100))))
    (i32.store16 offset=2 (local.get $at) (call $two (i32.rem_u (local.get $year) (i32.const 100))))
    (i32.store8 offset=4 (local.get $at) (i32.const 0x2d))
    (i32.store16 offset=5 (local.get $at) (call $two (local.get $month)))
    (i32.store8 offset=7 (local.get $at) (i32.const 0x2d))
    (i32.store16 offset=8 (local.get $at) (call $two (local.get $day)))
    (i32.store8 offset=10 (local.get $at) (i32.const 0x54)))

  ;; The time of day behind the eleven bytes of a date, and a comma: `00:00:00+00:00,`; what is less than a second is cut.
  (func $clock (param $at i32) (param $ms i32) (result i32)
    (local $seconds i32) (local $minutes i32) (local $hours i32)
    (local.set $seconds (i32.div_u (local.get $ms) (i32.const 1000)))
    (local.set $minutes (i32.div_u (local.get $seconds) (i32.const 60)))
    (local.set $hours (i32.div_u (local.get $minutes) (i32.const 60)))
    (i32.store16 offset=11 (local.get $at) (call $two (local.get $hours)))
    (i32.store8 offset=13 (local.get $at) (i32.const 0x3a))
    (i32.store16 offset=14 (local.get $at)
      (call $two (i32.sub (local.get $minutes) (i32.mul (local.get $hours) (i32.const 60)))))
    (i32.store8 offset=16 (local.get $at) (i32.const 0x3a))
    (i32.store16 offset=17 (local.get $at)
      (call $two (i32.sub (local.get $seconds) (i32.mul (local.get $minutes) (i32.const 60)))))
    (i64.store offset=19 (local.get $at) (i64.const 0x2c30303a30302b))
    (i32.add (local.get $at) (i32.const 26)))

  ;; Rows of an instant, as `2024-01-01T00:00:00+00:00`, and a number of every column. Times are doubles of whole ms of
  ;; the years 0 to 9999; columns of so many rows lie one behind another.
  (func (export "rows") (param $at i32) (param $times i32) (param $columns i32) (param $rows i32) (param $count i32)
    (result i32)
    (local $row i32) (local $column i32) (local $from i32) (local $time f64) (local $day f64) (local $known f64)
    (local $dated i32)
    (local.set $known (f64.const nan))
    (local.set $dated (local.get $at))
    (loop $nextRow
      (local.set $time (f64.load (i32.add (local.get $times) (i32.shl (local.get $row) (i32.const 3)))))
      (local.set $day (f64.floor (f64.div (local.get $time) (f64.const 86400000))))
      (if (f64.eq (local.get $day) (local.get $known))
        (then
          (i64.store (local.get $at) (i64.load (local.get $dated)))
          (i32.store offset=8 (local.get $at) (i32.load offset=8 (local.get $dated))))
        (else
          (call $date (local.get $at) (i32.trunc_sat_f64_s (local.get $day)))
          (local.set $known (local.get $day))))
      (local.set $dated (local.get $at))
      (local.set $at
        (call $clock
          (local.get $at)
          (i32.trunc_sat_f64_s
            (f64.sub (local.get $time) (f64.mul (local.get $day) (f64.const 86400000))))))
      (local.set $column (i32.const 0))
      (local.set $from (i32.add (local.get $columns) (i32.shl (local.get $row) (i32.const 3))))
      (loop $nextColumn
        (if (i32.lt_u (local.get $column) (local.get $count))
          (then
            (local.set $at (call $float (local.get $at) (f64.load (local.get $from))))
            (i32.store8 (local.get $at) (i32.const 0x2c))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $from (i32.add (local.get $from) (i32.shl (local.get $rows) (i32.const 3))))
            (local.set $column (i32.add (local.get $column) (i32.const 1)))
            (br $nextColumn))))
      ;; The end of the row takes the place of the last comma.
      (i32.store8 (i32.sub (local.get $at) (i32.const 1)) (i32.const 0x0a))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $nextRow (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $at)))
