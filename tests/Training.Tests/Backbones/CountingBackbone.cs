using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones;

/// <summary>A backbone that counts how often its towers are passed.</summary>
internal sealed class CountingBackbone(IBackbone inner) : IBackbone
{
    private readonly CountingTower _vision = new(inner.Vision), _text = new(inner.Text);

    /// <summary>Passes of the image tower and of the text tower so far.</summary>
    internal (int Images, int Texts) Passes => (_vision.Passes, _text.Passes);

    public string Family => inner.Family;

    public BackboneShape Shape => inner.Shape;

    public torch.Device Device => inner.Device;

    public long ParameterCount => inner.ParameterCount;

    public bool IsTrainable => inner.IsTrainable;

    public IBackboneCost Cost => inner.Cost;

    public ITower Vision => _vision;

    public ITower Text => _text;

    public int TextRows => inner.TextRows;

    public bool PadsPrompts => inner.PadsPrompts;

    public torch.Tensor Scale => inner.Scale;

    public torch.Tensor TextPositions => inner.TextPositions;

    public IBackbone In(Precision precision) => this;

    public torch.Tensor EmbedImages(torch.Tensor pixels) => inner.EmbedImages(pixels);

    public torch.Tensor EmbedImageTokens(torch.Tensor rows) => inner.EmbedImageTokens(rows);

    public torch.Tensor EmbedTokens(torch.Tensor ids) => inner.EmbedTokens(ids);

    public torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures) => inner.Logits(imageFeatures, textFeatures);

    public void Dispose()
    {
        // The model stays its owner's.
    }

    private sealed class CountingTower(ITower tower) : ITower
    {
        internal int Passes { get; private set; }

        public torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
            Func<int, torch.Tensor, torch.Tensor>? replace = null)
        {
            Passes++;
            return tower.Forward(rows, sequences, prompts, replace);
        }

        public torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences)
        {
            Passes++;
            return tower.ForwardAll(rows, sequences);
        }
    }
}
