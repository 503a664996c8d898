using System.Runtime.InteropServices;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using TorchSharp;

namespace AdaptCluster.Training.Pretraining;

/// <summary>A batch of consecutive images from the pretraining stream, with their distinct captions.</summary>
internal sealed class PictureBatch
{
    private readonly CaptionedPicture[] _pictures;
    private readonly List<string> _captions;

    /// <summary>Initializes a batch, drawing its images.</summary>
    /// <param name="seed">The seed of the stream.</param>
    /// <param name="first">The index of the first image.</param>
    /// <param name="count">The number of images.</param>
    public PictureBatch(int seed, int first, int count)
    {
        _pictures = [.. Enumerable.Range(first, count).Select(index => CaptionedPictures.Draw(seed, index))];
        _captions = [.. _pictures.Select(picture => picture.Caption).Distinct()];
        CaptionOf = [.. _pictures.Select(picture => (long)_captions.IndexOf(picture.Caption))];
    }

    /// <summary>For each image, the column of its caption in the result of <see cref="Logits"/>.</summary>
    public long[] CaptionOf { get; }

    /// <summary>Computes the scaled cosine similarities between images (rows) and distinct captions (columns).</summary>
    public torch.Tensor Logits(ClipModel model, ClipTokenizer tokenizer, ClipPreprocessor preprocessor)
    {
        using var scope = torch.NewDisposeScope();
        using var texts = model.PrepareTexts([.. _captions.Select(tokenizer.Encode)]);
        return model.Logits(model.EncodeImages(Pixels(preprocessor)), model.EncodeTexts(texts)).MoveToOuterDisposeScope();
    }

    private torch.Tensor Pixels(ClipPreprocessor preprocessor)
    {
        var length = 3 * preprocessor.Size * preprocessor.Size;
        var pixels = torch.empty(_pictures.Length, 3, preprocessor.Size, preprocessor.Size);
        var values = MemoryMarshal.Cast<byte, float>(pixels.bytes);
        for (var i = 0; i < _pictures.Length; i++) preprocessor.Prepare(_pictures[i].Image, values.Slice(i * length, length));
        return pixels;
    }
}
