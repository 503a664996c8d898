using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>Classifies images by their cosine similarity with text features that are the same for all images.</summary>
public sealed class PromptedClassifier : IClassifier
{
    private readonly IBackbone _model;
    private readonly IReadOnlyList<torch.Tensor?>? _imagePrompts;
    private readonly torch.Tensor _textFeatures;

    /// <summary>Initializes the classifier from the text features and, if images have prompts, the prompt rows.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="textFeatures">The text features, [classes, embedding size]; this object takes ownership.</param>
    /// <param name="imagePrompts">The live prompt rows of each block of the image tower; this object takes ownership. Null if images have
    /// no prompts.</param>
    public PromptedClassifier(IBackbone model, torch.Tensor textFeatures, IReadOnlyList<torch.Tensor?>? imagePrompts = null)
    {
        (_model, _textFeatures, _imagePrompts) = (model, textFeatures.DetachFromDisposeScope(), imagePrompts);
        foreach (var rows in imagePrompts ?? []) rows?.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public FixedClassifier Fixed => new(_textFeatures) { ImagePrompts = _imagePrompts ?? [] };

    /// <inheritdoc/>
    public torch.Tensor Logits(torch.Tensor embedded)
    {
        using var scope = torch.NewDisposeScope();
        return _model.Logits(_model.EncodeEmbeddedImages(embedded, _imagePrompts), _textFeatures).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _textFeatures.Dispose();
        foreach (var rows in _imagePrompts ?? []) rows?.Dispose();
    }
}
