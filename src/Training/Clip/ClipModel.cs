using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Safetensors;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Clip;

/// <summary>
/// A CLIP with a vision transformer, in float32. Loaded from a folder it is frozen: it may be used from several threads at once, and
/// gradients
/// flow through it to prompts only. Made by <see cref="CreateRandom"/> all of its weights are trainable.
/// </summary>
public sealed class ClipModel : IDisposable
{
    /// <summary>The weights' file in a snapshot folder.</summary>
    public const string WeightsFileName = SafetensorsShards.FileName;

    /// <summary>Rows of a text tower's sequence: measured to be the fastest by bench/Step and bench/Lanes.</summary>
    internal const int TextRows = 64;

    private readonly Dictionary<string, torch.Tensor> _tensors;
    private readonly ClipTower? _visionTower, _textTower;
    private readonly torch.Tensor? _scale;
    private readonly Lazy<ClipModel>? _inBFloat16;

    private ClipModel(ClipConfig config, Dictionary<string, torch.Tensor> tensors, torch.Device device, bool trainable)
    {
        (Config, Device, _tensors, IsTrainable) = (config, device, tensors, trainable);
        ParameterCount = tensors.Values.Sum(tensor => tensor.NumberOfElements);
        if (trainable) return;
        (_visionTower, _textTower) = (VisionTower(), TextTower());
        _scale = Tensor(ClipTensorNames.LogitScale).exp();
        _inBFloat16 = new(() => new ClipModel(this, torch.ScalarType.BFloat16));
    }

    private ClipModel(ClipModel exact, torch.ScalarType products)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        (Config, Device, _tensors, ParameterCount, _scale) =
            (exact.Config, exact.Device, exact._tensors, exact.ParameterCount, exact._scale);
        (_visionTower, _textTower) = (exact._visionTower!.In(products), exact._textTower!.In(products));
        foreach (var tensor in _visionTower.Tensors.Concat(_textTower.Tensors)) tensor.DetachFromDisposeScope();
    }

    /// <summary>The model's size.</summary>
    public ClipConfig Config { get; }

    /// <summary>Where the weights are and the work is done.</summary>
    public torch.Device Device { get; }

    /// <summary>Parameters of both towers, the scale and the token embeddings: 149,620,737 for ViT-B/16.</summary>
    public long ParameterCount { get; }

    /// <summary>Whether the weights get gradients.</summary>
    public bool IsTrainable { get; }

    /// <summary>The trainable weights under Hugging Face's names, leaves of the autograd graph; empty for a frozen model.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Parameters => IsTrainable ? _tensors : new Dictionary<string, torch.Tensor>();

    /// <summary>
    /// Loads a frozen model from a Hugging Face snapshot folder (config.json; model.safetensors, or its shards and their index, in F32, F16
    /// or BF16).
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or the two do not fit each other; the message names
    /// it.</exception>
    public static ClipModel Load(string folder, torch.Device device)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var config = ClipConfig.Load(Path.Combine(folder, ClipConfig.FileName));
        var loaded = ClipWeights.Load(folder, config);
        var tensors = loaded.ToDictionary(t => t.Key, t => t.Value.to(device), StringComparer.Ordinal);
        var model = new ClipModel(config, tensors, device, trainable: false);
        foreach (var tensor in model.FrozenTensors()) tensor.DetachFromDisposeScope();
        return model;
    }

    /// <summary>Looks at a snapshot folder as <see cref="Load"/> would, but reads no weight.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The size, and how many parameters in how many bytes the files hold.</returns>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>, but for damage that only shows in the weights.</exception>
    public static (ClipConfig Config, long Parameters, long Bytes) Examine(string folder)
    {
        var config = ClipConfig.Load(Path.Combine(folder, ClipConfig.FileName));
        var entries = ClipWeights.Examine(folder, config);
        return (config, entries.Sum(entry => entry.Shape.Aggregate(1L, (a, b) => a * b)), entries.Sum(entry => entry.End - entry.Begin));
    }

    /// <summary>Makes a model with initial weights as OpenAI draws them, to be trained on the CPU.</summary>
    /// <param name="config">The size.</param>
    /// <param name="seed">Seed of the weights.</param>
    public static ClipModel CreateRandom(ClipConfig config, int seed)
    {
        var tensors = ClipWeights.Random(config, seed);
        foreach (var tensor in tensors.Values) tensor.requires_grad_().DetachFromDisposeScope();
        return new ClipModel(config, tensors, torch.CPU, trainable: true);
    }

    /// <summary>This model with another arithmetic of its towers; shares what it can, and is disposed with it.</summary>
    /// <param name="precision">The arithmetic.</param>
    internal ClipModel In(Precision precision) => precision == Precision.Bfloat16 ? _inBFloat16!.Value : this;

    /// <summary>Cuts images into patches and embeds them: everything in front of the first block, which no prompt reaches.</summary>
    /// <param name="pixels">[B, 3, image size, image size], normalised.</param>
    /// <returns>[B, image tokens, width].</returns>
    public torch.Tensor EmbedImages(torch.Tensor pixels)
    {
        if (pixels.shape is not [_, 3, var height, var width] || height != Config.ImageSize || width != Config.ImageSize)
        {
            var expected = $"[B, 3, {Config.ImageSize}, {Config.ImageSize}]";
            throw new ArgumentException($"Pixels of shape [{string.Join(", ", pixels.shape)}]; {expected} expected.", nameof(pixels));
        }
        using var scope = torch.NewDisposeScope();
        long[] strides = [Config.PatchSize, Config.PatchSize];
        var patches = conv2d(pixels, Tensor(ClipTensorNames.PatchEmbedding), strides: strides).flatten(2).transpose(1, 2);
        var first = Tensor(ClipTensorNames.ClassEmbedding).expand(pixels.shape[0], 1, -1);
        var rows = torch.cat([first, patches], 1).Plus(Tensor(ClipTensorNames.ImagePositions));
        var (weight, bias) = (Tensor(ClipTensorNames.ImagePreNorm + ".weight"), Tensor(ClipTensorNames.ImagePreNorm + ".bias"));
        return layer_norm(rows, [Config.Vision.Width], weight, bias, Config.Vision.LayerNormEpsilon).MoveToOuterDisposeScope();
    }

    /// <summary>Features of images.</summary>
    /// <param name="pixels">[B, 3, image size, image size], normalised.</param>
    /// <param name="prompts">Live prompt rows by block, [n, width] each, null for none.</param>
    /// <returns>[B, embedding size], not normalised.</returns>
    public torch.Tensor EncodeImages(torch.Tensor pixels, IReadOnlyList<torch.Tensor?>? prompts = null)
    {
        using var scope = torch.NewDisposeScope();
        return EncodeEmbeddedImages(EmbedImages(pixels), prompts).MoveToOuterDisposeScope();
    }

    /// <summary>Features of images that are embedded already.</summary>
    /// <param name="embedded">What <see cref="EmbedImages"/> gave.</param>
    /// <param name="prompts">Live prompt rows by block, [n, width] each, null for none.</param>
    /// <returns>[B, embedding size], not normalised.</returns>
    public torch.Tensor EncodeEmbeddedImages(torch.Tensor embedded, IReadOnlyList<torch.Tensor?>? prompts = null) =>
        EncodeEmbeddedImages(embedded, TowerPrompts.Of(prompts));

    /// <summary>Features of the images of several lanes.</summary>
    /// <param name="embedded">What <see cref="EmbedImages"/> gave, lane after lane, equally many images each.</param>
    /// <param name="prompts">Live prompt rows by lane and block.</param>
    /// <returns>[lanes · B, embedding size], not normalised.</returns>
    internal torch.Tensor EncodeEmbeddedImages(torch.Tensor embedded, TowerPrompts prompts)
    {
        using var scope = torch.NewDisposeScope();
        var sequences = new ImageSequences { Count = (int)embedded.shape[0] / prompts.Lanes, Own = Config.ImageTokens, Read = 1 };
        var rows = embedded.reshape(-1, Config.Vision.Width);
        return (_visionTower ?? VisionTower()).Forward(rows, sequences, prompts).MoveToOuterDisposeScope();
    }

    /// <summary>Lays texts out and embeds them: everything in front of the first block, which no prompt reaches.</summary>
    /// <param name="texts">Token ids of each text, start and end included; what stands behind the end is ignored.</param>
    /// <exception cref="InvalidInputException">A text is longer than the context, or an id is not in the vocabulary.</exception>
    public PreparedTexts PrepareTexts(IReadOnlyList<int[]> texts) => Prepare([.. texts.Select(t => Array.ConvertAll(t, id => (long)id))]);

    /// <summary>Features of texts, read at the end-of-text token, which is the first of the largest id.</summary>
    /// <param name="texts">What <see cref="PrepareTexts"/> gave.</param>
    /// <param name="prompts">Live prompt rows by block, [n, width] each, null for none.</param>
    /// <returns>[K, embedding size], not normalised.</returns>
    public torch.Tensor EncodeTexts(PreparedTexts texts, IReadOnlyList<torch.Tensor?>? prompts = null) =>
        EncodeTexts(texts, TowerPrompts.Of(prompts));

    /// <summary>Features of the same texts for several lanes.</summary>
    /// <param name="texts">What <see cref="PrepareTexts"/> gave.</param>
    /// <param name="prompts">Live prompt rows by lane and block.</param>
    /// <returns>[lanes · K, embedding size], not normalised.</returns>
    internal torch.Tensor EncodeTexts(PreparedTexts texts, TowerPrompts prompts)
    {
        using var scope = torch.NewDisposeScope();
        var read = (_textTower ?? TextTower()).Forward(texts.Rows(prompts.Lanes), texts.Sequences, prompts);
        return texts.Sequences.InOrder(read, prompts.Lanes).MoveToOuterDisposeScope();
    }

    /// <summary>Features of texts given as padded rows.</summary>
    /// <param name="ids">[K, length], int64.</param>
    /// <param name="prompts">Live prompt rows by block, [n, width] each, null for none.</param>
    /// <returns>[K, embedding size], not normalised.</returns>
    /// <exception cref="InvalidInputException">The rows are longer than the context, or an id is not in the vocabulary.</exception>
    public torch.Tensor EncodeTexts(torch.Tensor ids, IReadOnlyList<torch.Tensor?>? prompts = null)
    {
        using var scope = torch.NewDisposeScope();
        var length = (int)ids.shape[1];
        var texts = ids.cpu().contiguous().data<long>().ToArray().Chunk(length).ToList();
        using var prepared = Prepare(texts);
        return EncodeTexts(prepared, prompts).MoveToOuterDisposeScope();
    }

    /// <summary>exp(logit scale) times the cosine of every image with every text.</summary>
    /// <param name="imageFeatures">[B, embedding size].</param>
    /// <param name="textFeatures">[K, embedding size].</param>
    /// <returns>[B, K].</returns>
    public torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures)
    {
        using var scope = torch.NewDisposeScope();
        var scale = _scale ?? Tensor(ClipTensorNames.LogitScale).exp();
        return (scale * normalize(imageFeatures, dim: -1)).mm(normalize(textFeatures, dim: -1).t()).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the trainable weights and their configuration as a snapshot folder that <see cref="Load"/> reads.</summary>
    /// <param name="folder">The folder; made when it does not exist.</param>
    /// <param name="dtype">Element type of the file: float32, float16 or bfloat16.</param>
    public void Save(string folder, torch.ScalarType dtype = torch.ScalarType.Float32)
    {
        if (!IsTrainable) throw new InvalidOperationException("A frozen model keeps no weights to save: copy the folder it came from.");
        using var scope = torch.NewDisposeScope();
        Directory.CreateDirectory(folder);
        var tensors = _tensors.ToDictionary(t => t.Key, t => t.Value.detach().to_type(dtype), StringComparer.Ordinal);
        SafetensorsWriter.ToFile(Path.Combine(folder, WeightsFileName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        File.WriteAllBytes(Path.Combine(folder, ClipConfig.FileName), ClipConfigJson.Write(Config));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IEnumerable<torch.Tensor> own = IsTrainable ? _tensors.Values : FrozenTensors();
        if (_inBFloat16 is { IsValueCreated: true }) own = own.Concat(_inBFloat16.Value.FrozenTensors());
        foreach (var tensor in own.ToArray()) tensor.Dispose();
    }

    private PreparedTexts Prepare(List<long[]> texts)
    {
        Check(texts);
        using var scope = torch.NewDisposeScope();
        // Pretraining keeps a sequence for each text, and with it the digits of the models that it has made.
        var (sequences, ids, positions) = TextSequences.Lay(texts, IsTrainable ? 1 : TextRows, Device);
        var rows = Tensor(ClipTensorNames.TokenEmbedding).index_select(0, torch.tensor(ids, device: Device))
            .Plus(Tensor(ClipTensorNames.TextPositions).index_select(0, torch.tensor(positions, device: Device)));
        return new PreparedTexts(sequences, rows.DetachFromDisposeScope());
    }

    internal void Check(IReadOnlyList<long[]> texts)
    {
        if (texts.Count == 0) throw new InvalidInputException("There is no text to encode; a data set needs at least one class.");
        foreach (var text in texts)
        {
            if (text.Length < 2 || text.Length > Config.ContextLength)
            {
                throw new InvalidInputException(
                    $"A text has {text.Length} tokens; the model takes 2 to {Config.ContextLength}. Shorten class name or template.");
            }
            if (Array.Find(text, id => id < 0 || id >= Config.VocabularySize) is var bad and not 0)
            {
                throw new InvalidInputException(
                    $"Token id {bad} is not in the model's vocabulary of {Config.VocabularySize}; vocab.json belongs to another model.");
            }
        }
    }

    /// <summary>A weight in front of the towers, by Hugging Face's name.</summary>
    internal torch.Tensor Tensor(string name) => _tensors[name];

    /// <summary>The towers, for methods that make the rows in front of the first block themselves.</summary>
    internal (ClipTower Vision, ClipTower Text) Towers => (_visionTower ?? VisionTower(), _textTower ?? TextTower());

    /// <summary>The factor on cosines, [].</summary>
    internal torch.Tensor Scale => _scale ?? Tensor(ClipTensorNames.LogitScale).exp();

    private ClipTower VisionTower() =>
        new(_tensors, Config.Vision, ClipTensorNames.VisionPrefix, ClipTensorNames.ImagePostNorm, ClipTensorNames.VisualProjection);

    private ClipTower TextTower() =>
        new(_tensors, Config.Text, ClipTensorNames.TextPrefix, ClipTensorNames.TextPostNorm, ClipTensorNames.TextProjection);

    /// <summary>What a frozen model needs after its towers have arranged their weights: the rest of the file's tensors can go.</summary>
    private IEnumerable<torch.Tensor> FrozenTensors()
    {
        string[] embeddings =
        [
            ClipTensorNames.ClassEmbedding, ClipTensorNames.PatchEmbedding, ClipTensorNames.ImagePositions, ClipTensorNames.TokenEmbedding,
            ClipTensorNames.TextPositions, ClipTensorNames.ImagePreNorm + ".weight", ClipTensorNames.ImagePreNorm + ".bias",
        ];
        return embeddings.Select(Tensor).Concat(_visionTower!.Tensors).Concat(_textTower!.Tensors).Append(_scale!);
    }
}
