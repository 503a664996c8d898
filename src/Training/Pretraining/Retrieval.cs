using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Images;
using TorchSharp;

namespace AdaptCluster.Training.Pretraining;

/// <summary>Validates pretraining by retrieving captions for images and images for captions.</summary>
internal static class Retrieval
{
    private const int Pairs = 128, Draws = 4;

    /// <summary>Measures the retrieval accuracy on the images that follow the training images in the stream.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="preprocessor">The preprocessor for images of the model's size.</param>
    /// <param name="seed">The seed of the image stream that the model was trained on.</param>
    /// <param name="first">The index of the first image that the model was not trained on.</param>
    public static PretrainResult Measure(ClipModel model, ClipTokenizer tokenizer, ClipPreprocessor preprocessor, int seed, int first)
    {
        using var noGradients = torch.no_grad();
        var (toText, toImage) = (0.0, 0.0);
        for (var draw = 0; draw < Draws; draw++)
        {
            using var scope = torch.NewDisposeScope();
            var batch = new PictureBatch(seed, first + draw * Pairs, Pairs);
            var logits = batch.Logits(model, tokenizer, preprocessor);
            var captions = logits.argmax(1).data<long>().ToArray();
            var pictures = logits.argmax(0).data<long>().ToArray();
            toText += captions.Where((caption, picture) => caption == batch.CaptionOf[picture]).Count() / (double)captions.Length;
            toImage += pictures.Where((picture, caption) => batch.CaptionOf[picture] == caption).Count() / (double)pictures.Length;
        }
        return new(Pairs, toText / Draws, toImage / Draws);
    }
}
