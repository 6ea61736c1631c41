/**
 * Finds the lower triangle whose product with its transpose is a matrix.
 *
 * @param matrix The elements of a symmetric matrix, row by row; only the lower triangle is read.
 * @param size The number of rows.
 * @returns the triangle, row by row, with zeros above it; `undefined` if the matrix is not positive definite.
 */
export function cholesky(
  matrix: Float64Array,
  size: number,
): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = matrix[row + j] as number;
      for (let k = 0; k < j; k++) {
        sum -= (lower[row + k] as number) * (lower[other + k] as number);
      }
      if (j < i) {
        lower[row + j] = sum / (lower[other + j] as number);
        continue;
      }
      if (!(sum > 0)) return undefined;
      lower[row + i] = Math.sqrt(sum);
    }
  }
  return lower;
}

/** Returns the vector that times the triangle gives `right`. */
export function solveLower(
  lower: Float64Array,
  right: Float64Array,
): Float64Array {
  const size = right.length;
  const solution = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = right[i] as number;
    for (let k = 0; k < i; k++) {
      sum -= (lower[row + k] as number) * (solution[k] as number);
    }
    solution[i] = sum / (lower[row + i] as number);
  }
  return solution;
}

/** Returns the vector that times the transposed triangle gives `right`. */
export function solveUpper(
  lower: Float64Array,
  right: Float64Array,
): Float64Array {
  const size = right.length;
  const solution = right.slice();
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size;
    const value = (solution[i] as number) / (lower[row + i] as number);
    solution[i] = value;
    // Row by row, so that memory is read in order.
    for (let k = 0; k < i; k++) {
      solution[k] = (solution[k] as number) -
        (lower[row + k] as number) * value;
    }
  }
  return solution;
}

/** Returns the lower triangle of the inverse of the matrix of a triangle. */
export function inverseOf(lower: Float64Array, size: number): Float64Array {
  const half = invertTriangle(lower, size);
  const inverse = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const row = k * size;
    for (let i = 0; i <= k; i++) {
      const left = half[row + i] as number;
      const target = i * size;
      for (let j = 0; j <= i; j++) {
        inverse[target + j] = (inverse[target + j] as number) +
          left * (half[row + j] as number);
      }
    }
  }
  return inverse;
}

function invertTriangle(lower: Float64Array, size: number): Float64Array {
  const half = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    const diagonal = lower[row + i] as number;
    for (let k = 0; k < i; k++) {
      const factor = -(lower[row + k] as number) / diagonal;
      const source = k * size;
      for (let j = 0; j <= k; j++) {
        half[row + j] = (half[row + j] as number) +
          factor * (half[source + j] as number);
      }
    }
    half[row + i] = 1 / diagonal;
  }
  return half;
}
