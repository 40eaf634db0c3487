/** What turns text into vectors. One model, one id: vectors of different ids are never compared. */
export interface Embedder {
  /** Stable name of model and weights, kept in the manifest. */
  readonly id: string;
  /** Dimensions of a vector. */
  readonly dim: number;
  /**
   * One unit-length vector per text, row after row: `texts.length * dim` floats. The first line of a text weighs most.
   * @param onDone told how many texts were done since it was last called, by models that take long; what it throws ends the call
   */
  embedDocuments(texts: readonly string[], onDone?: (texts: number) => void): Promise<Float32Array>;
  /** One unit-length vector of `dim` floats. */
  embedQuery(text: string): Promise<Float32Array>;
}
