namespace AdaptCluster.Training.Pretraining;

/// <summary>The retrieval accuracy of a pretrained model on pictures that it was not trained on.</summary>
/// <param name="Pairs">The number of pictures with their captions among which the model must find the right one.</param>
/// <param name="ImageToText">Share of pictures whose most similar caption is their own, or an equal text; averaged over several
/// draws.</param>
/// <param name="TextToImage">Share of distinct captions whose most similar picture has that caption; averaged likewise.</param>
public sealed record PretrainResult(int Pairs, double ImageToText, double TextToImage);
