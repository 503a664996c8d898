using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Onnx;
using AdaptCluster.Training.Safetensors;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>
/// A CLIP model with a vision transformer, in float32. A model loaded from a folder is frozen: several threads can use it at once, and
/// gradients flow only to the caller's prompts and tokens. A model created by <see cref="CreateRandom"/> is fully trainable.
/// </summary>
public sealed class ClipModel : IOnnxBackbone
{
    /// <summary>The name of the weights file in a snapshot folder.</summary>
    public const string WeightsFileName = SafetensorsShards.FileName;

    // The fastest value measured by bench/Step and bench/Lanes.
    internal const int FastestTextRows = 64;

    private readonly Dictionary<string, torch.Tensor> _tensors;
    private readonly ClipTower? _visionTower, _textTower;
    private readonly torch.Tensor? _scale;
    private readonly Lazy<ClipModel>? _inBFloat16;
    private readonly ClipModel? _exact;
    private bool _padsPrompts;

    private ClipModel(ClipConfig config, Dictionary<string, torch.Tensor> tensors, torch.Device device, bool trainable)
    {
        TensorFloat32.OffByDefault();
        (Config, Device, _tensors, IsTrainable) = (config, device, tensors, trainable);
        (Shape, Cost) = (config.Shape, new ClipCost(config));
        _padsPrompts = device.type == DeviceType.CUDA;
        ParameterCount = tensors.Values.Sum(tensor => tensor.NumberOfElements);
        if (trainable) return;
        (_visionTower, _textTower) = (VisionTower(), TextTower());
        _scale = Tensor(ClipTensorNames.LogitScale).exp();
        _inBFloat16 = new(() => In(torch.ScalarType.BFloat16));
    }

    private ClipModel(ClipModel exact, torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        (Config, Device, _tensors, ParameterCount, _scale) =
            (exact.Config, exact.Device, exact._tensors, exact.ParameterCount, exact._scale);
        (Shape, Cost, _exact) = (exact.Shape, exact.Cost, exact);
        (_visionTower, _textTower) = (exact._visionTower!.In(type), exact._textTower!.In(type));
        foreach (var tensor in _visionTower.Tensors.Concat(_textTower.Tensors)) tensor.DetachFromDisposeScope();
    }

    /// <summary>The model's configuration.</summary>
    public ClipConfig Config { get; }

    /// <inheritdoc/>
    public string Family => ClipFamily.Name;

    /// <inheritdoc/>
    public BackboneShape Shape { get; }

    /// <inheritdoc/>
    public IBackboneCost Cost { get; }

    /// <inheritdoc/>
    public ITower Vision => _visionTower ?? VisionTower();

    /// <inheritdoc/>
    public ITower Text => _textTower ?? TextTower();

    // Pretraining uses one sequence per text, so that its models stay bit-identical.
    /// <inheritdoc/>
    public int TextRows => IsTrainable ? 1 : FastestTextRows;

    /// <summary>
    /// Whether lanes with different numbers of prompt rows in a block share one padded attention call. Default: true on a GPU, where
    /// padding is faster; false on a CPU, so that the results of a lane do not depend on other lanes. The value applies to all precisions
    /// of the model. Set it before methods are created.
    /// </summary>
    public bool PadsPrompts
    {
        get => _exact?.PadsPrompts ?? _padsPrompts;
        set
        {
            if (_exact is null) _padsPrompts = value;
            else _exact.PadsPrompts = value;
        }
    }

    /// <inheritdoc/>
    public torch.Tensor Scale => _scale ?? Tensor(ClipTensorNames.LogitScale).exp();

    /// <inheritdoc/>
    public torch.Tensor TextPositions => Tensor(ClipTensorNames.TextPositions);

    /// <inheritdoc/>
    public torch.Device Device { get; }

    /// <summary>The number of parameters of both towers, the logit scale and the token embeddings: 149,620,737 for ViT-B/16.</summary>
    public long ParameterCount { get; }

    /// <summary>Whether the weights receive gradients.</summary>
    public bool IsTrainable { get; }

    /// <summary>The trainable weights keyed by their Hugging Face names, as leaves of the autograd graph; empty for a frozen
    /// model.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Parameters => IsTrainable ? _tensors : new Dictionary<string, torch.Tensor>();

    /// <summary>
    /// Loads a frozen model from a Hugging Face snapshot folder: config.json, and the weights in F64, F32, F16 or BF16, as
    /// model.safetensors or as shards with an index.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">The device of the weights.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or the files do not match; the message names the
    /// file.</exception>
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

    /// <summary>Checks a snapshot folder as <see cref="Load"/> does, but without reading the weights.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The configuration, and the number of parameters and bytes in the files.</returns>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>, except that damaged weights are not detected.</exception>
    public static (ClipConfig Config, long Parameters, long Bytes) Examine(string folder)
    {
        var config = ClipConfig.Load(Path.Combine(folder, ClipConfig.FileName));
        var entries = ClipWeights.Examine(folder, config);
        return (config, entries.Sum(entry => entry.Shape.Aggregate(1L, (a, b) => a * b)), entries.Sum(entry => entry.End - entry.Begin));
    }

    /// <summary>Creates a trainable model on the CPU, with OpenAI's weight initialization.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="seed">The seed of the weights.</param>
    public static ClipModel CreateRandom(ClipConfig config, int seed)
    {
        var tensors = ClipWeights.Random(config, seed);
        foreach (var tensor in tensors.Values) tensor.requires_grad_().DetachFromDisposeScope();
        return new ClipModel(config, tensors, torch.CPU, trainable: true);
    }

    /// <inheritdoc/>
    public IBackbone In(Precision precision) => precision == Precision.Bfloat16 ? _inBFloat16!.Value : this;

    /// <summary>
    /// Returns this model with its towers in another data type and with queries, keys and values computed in one product. The embeddings
    /// are shared with this model.
    /// </summary>
    internal ClipModel In(torch.ScalarType type) => new(this, type);

    /// <inheritdoc/>
    public torch.Tensor EmbedImages(torch.Tensor pixels)
    {
        if (pixels.shape is not [_, 3, var height, var width] || height != Config.ImageSize || width != Config.ImageSize)
        {
            var expected = $"[B, 3, {Config.ImageSize}, {Config.ImageSize}]";
            throw new ArgumentException($"The shape is [{string.Join(", ", pixels.shape)}]; expected {expected}.", nameof(pixels));
        }
        using var scope = torch.NewDisposeScope();
        long[] strides = [Config.PatchSize, Config.PatchSize];
        var patches = conv2d(pixels, Tensor(ClipTensorNames.PatchEmbedding), strides: strides).flatten(2).transpose(1, 2);
        var first = Tensor(ClipTensorNames.ClassEmbedding).expand(pixels.shape[0], 1, -1);
        var rows = torch.cat([first, patches], 1).Plus(Tensor(ClipTensorNames.ImagePositions));
        return PreNorm(rows).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public torch.Tensor EmbedImageTokens(torch.Tensor rows)
    {
        using var scope = torch.NewDisposeScope();
        return PreNorm(rows).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public torch.Tensor EmbedTokens(torch.Tensor ids) => Tensor(ClipTensorNames.TokenEmbedding).index_select(0, ids);

    /// <summary>Computes the cosine similarity of every image-text pair, multiplied by the exponentiated logit scale.</summary>
    /// <inheritdoc/>
    public torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures)
    {
        using var scope = torch.NewDisposeScope();
        var (images, texts) = (Scale * normalize(imageFeatures, dim: -1), normalize(textFeatures, dim: -1));
        return (texts.dim() == 2 ? images.mm(texts.t()) : images.bmm(texts.transpose(1, 2))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string AddLogits(OnnxGraph graph, string pixels, FixedClassifier classifier) =>
        new ClipGraph(this, graph).Logits(pixels, classifier);

    /// <summary>Saves the trainable weights and their configuration as a snapshot folder that <see cref="Load"/> can read.</summary>
    /// <param name="folder">The folder; created if it does not exist.</param>
    /// <param name="dtype">The element type of the weights in the file: float32, float16 or bfloat16.</param>
    public void Save(string folder, torch.ScalarType dtype = torch.ScalarType.Float32)
    {
        if (!IsTrainable)
            throw new InvalidOperationException("A frozen model cannot be saved; copy the folder that it was loaded from.");
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

    /// <summary>Returns the tensor with the given name. A frozen model provides only the embeddings and the norm before the
    /// blocks.</summary>
    internal torch.Tensor Tensor(string name) => _tensors[name];

    private torch.Tensor PreNorm(torch.Tensor rows)
    {
        var (weight, bias) = (Tensor(ClipTensorNames.ImagePreNorm + ".weight"), Tensor(ClipTensorNames.ImagePreNorm + ".bias"));
        return layer_norm(rows, [Config.Vision.Width], weight, bias, Config.Vision.LayerNormEpsilon);
    }

    private ClipTower VisionTower() =>
        new(_tensors, Config.Vision, ClipTensorNames.VisionPrefix, ClipTensorNames.ImagePostNorm, ClipTensorNames.VisualProjection);

    private ClipTower TextTower() =>
        new(_tensors, Config.Text, ClipTensorNames.TextPrefix, ClipTensorNames.TextPostNorm, ClipTensorNames.TextProjection);

    /// <summary>
    /// The tensors that a frozen model still needs after its towers have arranged their weights. All other tensors from the file can be
    /// freed.
    /// </summary>
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
