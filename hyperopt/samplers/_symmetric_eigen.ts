/** A symmetric matrix as `vectors * diagonal(values) * transposed vectors`. */
export interface Eigen {
  /** The eigenvalues, in no order. */
  readonly values: Float64Array;
  /** The eigenvectors, row by row: component `i` of vector `k` is at `i * size + k`. */
  readonly vectors: Float64Array;
}

/** Far more sweeps than a matrix needs: the off-diagonal elements shrink quadratically. */
const SWEEPS = 60;

/**
 * Finds the eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's cyclic rotations.
 *
 * Source: G. H. Golub and C. F. Van Loan, Matrix Computations, section 8.5.
 *
 * @param matrix The elements, row by row; it is not changed.
 * @param size The number of rows.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice();
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (let sweep = 0; sweep < SWEEPS && !isDiagonal(a, size); sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, vectors, { size, p, q });
    }
  }
  const values = Float64Array.from(
    { length: size },
    (_, i) => a[i * size + i] as number,
  );
  return { values, vectors };
}

function isDiagonal(a: Float64Array, size: number): boolean {
  let off = 0;
  let on = 0;
  for (let i = 0; i < size; i++) {
    on += (a[i * size + i] as number) ** 2;
    for (let j = i + 1; j < size; j++) off += (a[i * size + j] as number) ** 2;
  }
  return off <= 1e-32 * on;
}

/** Makes one element of the upper half 0. */
function rotate(
  a: Float64Array,
  vectors: Float64Array,
  { size, p, q }: { size: number; p: number; q: number },
): void {
  const element = a[p * size + q] as number;
  if (element === 0) return;
  const half = ((a[q * size + q] as number) - (a[p * size + p] as number)) /
    (2 * element);
  const tangent = (half < 0 ? -1 : 1) /
    (Math.abs(half) + Math.sqrt(1 + half * half));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = tangent * cosine;
  const turn = (m: Float64Array, i: number, j: number): void => {
    const x = m[i] as number;
    const y = m[j] as number;
    m[i] = cosine * x - sine * y;
    m[j] = sine * x + cosine * y;
  };
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q);
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k);
  for (let k = 0; k < size; k++) turn(vectors, k * size + p, k * size + q);
}
