using System.Text.Json;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tokenization;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Tests;

/// <summary>
/// A backbone that is no CLIP: blocks of one head without weights of their own, weights drawn from a seed in config.json, words for tokens.
/// Its towers take prompts, tokens of the caller and lanes, so that every method runs on it.
/// </summary>
public sealed class ToyFamily : IBackboneFamily
{
    public const string Name = "toy";

    public string ModelType => Name;

    public IEnumerable<string> Files(string folder) => [BackboneFamilies.ConfigName];

    public BackboneExamination Examine(string folder)
    {
        using var model = new ToyBackbone(Seed(folder), torch.CPU);
        return new(model.Shape, model.ParameterCount, model.ParameterCount * sizeof(float));
    }

    public LoadedBackbone Load(string folder, torch.Device device) =>
        new(new ToyBackbone(Seed(folder), device), new ToyTokenizer(), new ClipPreprocessor(ToyBackbone.ImageSide));

    private static int Seed(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, BackboneFamilies.ConfigName)));
        return json.RootElement.GetProperty("seed").GetInt32();
    }
}

/// <summary>A token for each word, by its letters.</summary>
public sealed class ToyTokenizer : ITokenizer
{
    public int[] Encode(string text) =>
        [ToyBackbone.Words, .. text.Split(' ').Select(word => word.Sum(c => c) % ToyBackbone.Words), ToyBackbone.Words + 1];
}

/// <summary>The model of <see cref="ToyFamily"/>.</summary>
public sealed class ToyBackbone : IBackbone, IBackboneCost
{
    public const int ImageSide = 8, Words = 60;

    private readonly torch.Tensor _patches, _summary, _words;
    private readonly ToyTower _vision, _text;

    public ToyBackbone(int seed, torch.Device device)
    {
        var random = new CounterRandom(RandomPurpose.Drawing, seed);
        torch.Tensor Draw(params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            foreach (ref var value in values.AsSpan()) value = (float)random.NextUniform(-0.7, 0.7);
            return torch.tensor(values, shape, device: device).DetachFromDisposeScope();
        }
        Device = device;
        (_patches, _summary) = (Draw(Shape.Vision.Width, 3, Shape.PatchSize, Shape.PatchSize), Draw(1, Shape.Vision.Width));
        (_words, TextPositions) = (Draw(Words + 2, Shape.Text.Width), Draw(Shape.ContextLength, Shape.Text.Width));
        (_vision, _text) = (new(Shape.Vision.Depth, Draw(Shape.Vision.Width, Shape.EmbeddingSize)),
            new(Shape.Text.Depth, Draw(Shape.Text.Width, Shape.EmbeddingSize)));
        Scale = torch.tensor(10f, device: device).DetachFromDisposeScope();
    }

    public string Family => ToyFamily.Name;

    public BackboneShape Shape { get; } = new()
    {
        Vision = new TowerShape { Width = 12, Depth = 3, MlpWidth = 0 },
        Text = new TowerShape { Width = 10, Depth = 2, MlpWidth = 0 },
        ImageSize = ImageSide,
        PatchSize = 4,
        ExtraTokens = 1,
        VocabularySize = Words + 2,
        ContextLength = 32,
        EmbeddingSize = 16,
    };

    public torch.Device Device { get; }

    public long ParameterCount => Tensors.Sum(tensor => tensor.NumberOfElements);

    public bool IsTrainable => false;

    public IBackboneCost Cost => this;

    public ITower Vision => _vision;

    public ITower Text => _text;

    public int TextRows => 24;

    public bool PadsPrompts => false;

    public torch.Tensor Scale { get; }

    public torch.Tensor TextPositions { get; }

    private torch.Tensor[] Tensors => [_patches, _summary, _words, TextPositions, _vision.Projection, _text.Projection, Scale];

    public IBackbone In(Precision precision) => this;

    public torch.Tensor EmbedImages(torch.Tensor pixels)
    {
        using var scope = torch.NewDisposeScope();
        long[] strides = [Shape.PatchSize, Shape.PatchSize];
        var rows = conv2d(pixels, _patches, strides: strides).flatten(2).transpose(1, 2);
        return torch.cat([_summary.expand(pixels.shape[0], 1, -1), rows], 1).MoveToOuterDisposeScope();
    }

    public torch.Tensor EmbedImageTokens(torch.Tensor rows) => rows.clone();

    public torch.Tensor EmbedTokens(torch.Tensor ids) => _words.index_select(0, ids);

    public torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures)
    {
        using var scope = torch.NewDisposeScope();
        var (images, texts) = (Scale.mul(normalize(imageFeatures, dim: -1)), normalize(textFeatures, dim: -1));
        return (texts.dim() == 2 ? images.mm(texts.t()) : images.bmm(texts.transpose(1, 2))).MoveToOuterDisposeScope();
    }

    public long OfImage(IReadOnlyList<int> prompts, int tokens = 0) => Shape.ImageTokens + tokens + prompts.Sum();

    public long OfText(IReadOnlyList<int> prompts) => Shape.ContextLength + prompts.Sum();

    public long HookImage(int prompts, int tokens = 0) => Shape.ImageTokens + tokens + prompts;

    public long HookText(int prompts) => Shape.ContextLength + prompts;

    public long ImageStepBytes(long images, IReadOnlyList<int> prompts) => images * 10_000;

    public long TextStepBytes(Sequences texts, IReadOnlyList<int> prompts) => texts.Count * 10_000L;

    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }
}

/// <summary>Blocks x + tanh(attention of x to prompts and rows), all of them alike, and a projection.</summary>
internal sealed class ToyTower(int depth, torch.Tensor projection) : ITower
{
    private static readonly Scalar One = 1.ToScalar();

    internal torch.Tensor Projection => projection;

    public torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
        Func<int, torch.Tensor, torch.Tensor>? replace = null)
    {
        using var scope = torch.NewDisposeScope();
        for (var block = 0; block < depth; block++)
        {
            rows = Pass(rows, sequences, prompts.At(block));
            if (replace is not null && block + 1 < depth) rows = replace(block + 1, rows);
        }
        return sequences.ReadOut(rows, prompts.Lanes).mm(projection).MoveToOuterDisposeScope();
    }

    public torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences)
    {
        using var scope = torch.NewDisposeScope();
        for (var block = 0; block < depth; block++) rows = Pass(rows, sequences, new BlockPrompts(null, [0]));
        return rows.mm(projection).MoveToOuterDisposeScope();
    }

    private static torch.Tensor Pass(torch.Tensor rows, Sequences sequences, BlockPrompts prompts)
    {
        var (lanes, shared, count, own, width) =
            (prompts.Counts.Length, sequences.Shared, sequences.Count, sequences.Own, rows.shape[1]);
        var (fromShared, fromOwn, taken) = (new List<torch.Tensor>(), new List<torch.Tensor>(), 0L);
        for (var lane = 0; lane < lanes; lane++)
        {
            var masks = sequences.Masks(prompts.Counts[lane]);
            var mine = prompts.Counts[lane] == 0 ? rows.narrow(0, 0, 0) : prompts.Rows!.narrow(0, taken, prompts.Counts[lane]);
            taken += prompts.Counts[lane];
            var first = rows.narrow(0, (long)lane * shared, shared);
            var before = torch.cat([mine, first], 0);
            var others = rows.narrow(0, ((long)lanes * shared) + ((long)lane * count * own), (long)count * own).view(count, own, width);
            if (shared > 0) fromShared.Add(Attend(first.unsqueeze(0), before.unsqueeze(0), masks.Shared).view(shared, width));
            fromOwn.Add(Attend(others, torch.cat([before.expand(count, -1, -1), others], 1), masks.Own).reshape((long)count * own, width));
        }
        return rows.add(torch.cat([.. fromShared, .. fromOwn], 0).tanh(), One);
    }

    private static torch.Tensor Attend(torch.Tensor queries, torch.Tensor keys, torch.Tensor? mask)
    {
        var scores = queries.matmul(keys.transpose(1, 2));
        if (mask is not null) scores = scores.add(mask.squeeze(1), One);
        return scores.softmax(-1).matmul(keys);
    }
}
