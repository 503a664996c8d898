using System.Text.Json;
using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.CoCoOp;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Methods.KgCoOp;
using AdaptCluster.Training.Methods.Lamm;
using AdaptCluster.Training.Methods.Maple;
using AdaptCluster.Training.Methods.Plot;
using AdaptCluster.Training.Methods.ProGrad;
using AdaptCluster.Training.Methods.Vpt;
using AdaptCluster.Training.Optimisation;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

/// <summary>One file of a model case's folder methods/: its tensors, its settings and the method that they describe.</summary>
internal sealed class GoldenMethod : IDisposable
{
    internal const string Marker = "methods/index.json";

    private readonly GoldenModel _golden;
    private readonly JsonElement _entry;
    private readonly torch.Tensor _embedded;
    private PreparedTexts? _prepared;

    internal GoldenMethod(string folder, string name)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Marker)));
        _entry = index.RootElement.GetProperty(name).Clone();
        _golden = new GoldenModel(folder);
        Values = GoldenModel.Read(Path.Combine(folder, "methods", name + ".safetensors"));
        _embedded = Model.EmbedImages(GoldenModel.Read(Path.Combine(folder, "train", "data.safetensors"))["pixel_values"]);
    }

    /// <summary>The file's tensors.</summary>
    internal Dictionary<string, torch.Tensor> Values { get; }

    internal ClipModel Model => _golden.Model;

    /// <summary>The files of every folder, but for those of zero-shot, which trains nothing.</summary>
    internal static IEnumerable<(string Folder, string Name)> Files(bool trained)
    {
        foreach (var folder in GoldenFolders.Holding(Marker))
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Marker)));
            foreach (var entry in index.RootElement.EnumerateObject())
                if (entry.Value.GetProperty("method").GetString() != "zeroshot" == trained) yield return (folder, entry.Name);
        }
    }

    /// <summary>A fresh method at the file's start.</summary>
    internal ITrainableMethod Create()
    {
        List<int[]> Ids(string name = "input_ids") => GoldenModel.Texts(Values[name]);
        torch.Tensor Start(string name) => Values["init." + name].clone();
        NamedTensors All() => new(Values.Where(tensor => tensor.Key.StartsWith("init.", StringComparison.Ordinal))
            .Select(tensor => KeyValuePair.Create(tensor.Key["init.".Length..], tensor.Value.clone())));
        return Method switch
        {
            "coop" => new CoOpMethod(Model, Ids(), Start("ctx")),
            "cocoop" => new CoCoOpMethod(Model, Ids(), All()),
            "vpt" => new VptMethod(Model, _prepared ??= Model.PrepareTexts(Ids()), Start("prompts")),
            "plot" => new PlotMethod(Model, Ids(), Start("ctx"), Sinkhorn, Settings.GetProperty("add_pooled").GetBoolean()),
            "maple" => new MapleMethod(Model, Ids(), All()),
            "prograd" => new ProGradMethod(Model, Ids(), Ids("teacher_input_ids"), Start("ctx"), Number("lambda"), Number("temperature")),
            "kgcoop" => new KgCoOpMethod(Model, Ids(), Ids("teacher_input_ids"), Start("ctx"), Number("weight")),
            "lamm" =>
                new LammMethod(Model, Ids(), (int)Number("name_position"), Values["original_name_tokens"].clone(),
                    Start("name_tokens"), LammWeights),
            var other => throw new InvalidOperationException($"Golden files hold a method '{other}' that the product does not have."),
        };
    }

    /// <summary>The transport of the file's settings.</summary>
    internal Sinkhorn Sinkhorn => new(Number("eps"), Number("threshold"), (int)Number("max_iterations"));

    /// <summary>A number of the file's settings.</summary>
    internal double Number(string name) => Settings.GetProperty(name).GetDouble();

    /// <summary>The optimiser of a run: "sgd" or "sgd_strong".</summary>
    internal (Sgd Sgd, double LearningRate) Optimiser(string run)
    {
        var settings = _entry.GetProperty(run);
        double Of(string name) => settings.GetProperty(name).GetDouble();
        return (new Sgd(Of("momentum"), Of("weight_decay")), Of("lr"));
    }

    /// <summary>Images of a batch, from 0, embedded.</summary>
    internal torch.Tensor Embedded(int batch) => _embedded.index_select(0, Values["image_rows"][batch]);

    /// <summary>A batch, from 0.</summary>
    internal LaneBatch Batch(ITrainableMethod method, int batch) => new(method, Embedded(batch), Values["labels"][batch]);

    public void Dispose()
    {
        _prepared?.Dispose();
        _golden.Dispose();
    }

    /// <summary>The method's public name.</summary>
    internal string Method => _entry.GetProperty("method").GetString()!;

    /// <summary>The start, as leaves of a graph.</summary>
    internal Dictionary<string, torch.Tensor> Leaves() => Values.Where(tensor => tensor.Key.StartsWith("init.", StringComparison.Ordinal))
        .ToDictionary(tensor => tensor.Key["init.".Length..], tensor => tensor.Value.clone().requires_grad_());

    /// <summary>The plain loss of the first batch.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="trained">The trained tensors.</param>
    internal torch.Tensor PlainLoss(string folder, IReadOnlyDictionary<string, torch.Tensor> trained)
    {
        var clip = new PlainClip(Model.Config, ClipWeights.Load(Path.Combine(folder, "hf"), Model.Config)
            .ToDictionary(weight => weight.Key, weight => weight.Value.to(TestDevice.Here)));
        var pixels = GoldenModel.Read(Path.Combine(folder, "train", "data.safetensors"))["pixel_values"].index_select(
            0, Values["image_rows"][0]);
        var plain = new PlainMethods(clip, Values["input_ids"], pixels, Values["labels"][0]);
        return Method switch
        {
            "coop" => plain.CoOp(trained),
            "cocoop" => plain.CoCoOp(trained),
            "vpt" => plain.Vpt(trained),
            "plot" => plain.Plot(trained, Number("eps"), (int)Number("max_iterations"), Settings.GetProperty("add_pooled").GetBoolean()),
            "maple" => plain.Maple(trained),
            "prograd" => plain.ProGrad(trained, Values["teacher_input_ids"], Number("temperature")).Loss,
            "kgcoop" => plain.KgCoOp(trained, Values["teacher_input_ids"], Number("weight")),
            "lamm" => plain.Lamm(trained, Values["original_name_tokens"], (int)Number("name_position"),
                (Number("parameter_weight"), Number("feature_weight"), Number("logit_weight"), Number("temperature")),
                trainedIsTarget: true),
            var other => throw new InvalidOperationException($"Golden files hold a method '{other}' that has no plain version."),
        };
    }

    private JsonElement Settings => _entry.GetProperty("settings");

    private LammWeights LammWeights =>
        new(Number("parameter_weight"), Number("feature_weight"), Number("logit_weight"), Number("temperature"), TrainedIsTarget: true);
}
