;; Vector codes compared with a vector of int8: of each row the sum of level times component, 32 components a step.
;; Exact whole numbers, so every machine has the same. `bun scripts/make-wasm.ts --write` makes compare-codes.wasm.ts of this.
(module
  (import "env" "memory" (memory 1))

  ;; $codes: address of rows of $width bytes, a multiple of 16; $rows: how many, at least one
  ;; $vector: address of 2 * $width int8, component by component
  ;; $out: address of room for $rows i32
  (func (export "compareCodes") (param $codes i32) (param $rows i32) (param $width i32) (param $vector i32) (param $out i32)
    (local $component i32) (local $rowEnd i32) (local $outEnd i32)
    (local $bytes v128) (local $low v128) (local $high v128) (local $x v128) (local $y v128) (local $sum v128)
    (local.set $outEnd (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $nextRow
      (local.set $sum (v128.const i64x2 0 0))
      (local.set $component (local.get $vector))
      (local.set $rowEnd (i32.add (local.get $codes) (local.get $width)))
      (loop $nextBlock
        (local.set $bytes (v128.load (local.get $codes)))
        ;; levels of components 0 to 15 and 16 to 31
        (local.set $low (v128.and (local.get $bytes) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
        (local.set $high (i8x16.shr_u (local.get $bytes) (i32.const 4)))
        (local.set $x (v128.load (local.get $component)))
        (local.set $y (v128.load offset=16 (local.get $component)))
        ;; four products of at most 15 * 127 fit in 16 bits
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.extadd_pairwise_i16x8_s (i16x8.add
          (i16x8.add
            (i16x8.extmul_low_i8x16_s (local.get $low) (local.get $x))
            (i16x8.extmul_high_i8x16_s (local.get $low) (local.get $x)))
          (i16x8.add
            (i16x8.extmul_low_i8x16_s (local.get $high) (local.get $y))
            (i16x8.extmul_high_i8x16_s (local.get $high) (local.get $y)))))))
        (local.set $component (i32.add (local.get $component) (i32.const 32)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br_if $nextBlock (i32.lt_u (local.get $codes) (local.get $rowEnd))))
      (i32.store (local.get $out) (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
        (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $nextRow (i32.lt_u (local.get $out) (local.get $outEnd)))))
)
