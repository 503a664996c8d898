namespace AdaptCluster.Training.Pretraining;

/// <summary>How good a pretrained model is on pictures that it was not trained on.</summary>
/// <param name="Pairs">Pictures, each with its caption, among which the right one is to be found.</param>
/// <param name="ImageToText">Share of pictures whose most similar caption is their own; an equal text counts. A mean of draws.</param>
/// <param name="TextToImage">Share of distinct captions whose most similar picture has that caption.</param>
public sealed record PretrainResult(int Pairs, double ImageToText, double TextToImage);
