namespace AdaptCluster.Training.Pretraining;

/// <summary>The retrieval accuracy of a pretrained model on images that it was not trained on.</summary>
/// <param name="Pairs">The number of image-caption pairs among which the model must find the right pair.</param>
/// <param name="ImageToText">The share of images whose most similar caption is their own or has the same text, averaged over several draws
/// of the pairs.</param>
/// <param name="TextToImage">The share of distinct captions whose most similar image has that caption, averaged over the same
/// draws.</param>
public sealed record PretrainResult(int Pairs, double ImageToText, double TextToImage);
