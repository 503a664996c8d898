using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>Both ways of one iteration at one number of classes, taken in turns.</summary>
internal sealed class StepBench : IDisposable
{
    /// <summary>Tokens of every prompt: Adapt's first iterations.</summary>
    private const int ContextLength = 16;

    /// <summary>Classes that the plain path takes at once; with more its graph outgrows most machines.</summary>
    private const int PlainClasses = 100;

    private readonly ClipModel _model;
    private readonly IBackbone _inPrecision;
    private readonly StepOptions _options;
    private readonly Precision _precision;
    private readonly PlainSide _plain;
    private readonly int[][] _texts;
    private readonly PreparedTexts _prepared;
    private readonly JobRunner _runner;
    private readonly torch.Tensor _pixels, _embedded, _imagePrompts, _textPrompts;
    private readonly Dictionary<string, List<double>> _seconds = [];
    private long _bytes;

    internal StepBench(ClipModel model, IReadOnlyDictionary<string, torch.Tensor> weights, StepOptions options, Precision precision,
        int classes)
    {
        (_model, _options, _precision, _inPrecision) = (model, options, precision, model.In(precision));
        var config = model.Config;
        var data = Noise.Data(classes, options.Batch, config.ImageSize);
        var tokenizer = new WordLengthTokenizer(config);
        _texts = [.. Enumerable.Range(0, classes).Select(label => tokenizer.Encode(data.Prompt(label)))];
        _prepared = model.PrepareTexts(_texts);
        _runner = new JobRunner(model, tokenizer, new ScalePreprocessor(config.ImageSize), _ => data);
        _pixels = torch.randn(options.Batch, 3, config.ImageSize, config.ImageSize, device: model.Device);
        using (torch.no_grad()) _embedded = model.EmbedImages(_pixels);
        torch.Tensor Prompts(TowerConfig tower) =>
            torch.randn(tower.Depth, ContextLength, tower.Width, device: model.Device).Times(0.02).requires_grad_();
        (_imagePrompts, _textPrompts) = (Prompts(config.Vision), Prompts(config.Text));
        _plain = new PlainSide(new PlainClip(config, weights), _texts, _pixels, _imagePrompts, _textPrompts);
    }

    /// <summary>Measures each part once.</summary>
    /// <param name="warmUp">Whether the times are thrown away.</param>
    internal void Round(bool warmUp)
    {
        if (warmUp) PeakMemory.Reset();
        Note("ours", OurStep(), warmUp);
        if (warmUp) _bytes = PeakMemory.Bytes();
        Note("our images", OurTower(() => _inPrecision.EncodeEmbeddedImages(_embedded, _imagePrompts.unbind())), warmUp);
        Note("our texts", OurTower(() => _inPrecision.EncodeTexts(_prepared, _textPrompts.unbind())), warmUp);
        if (!_options.Plain) return;
        Note("plain images", Clock.Seconds(_model.Device, _plain.Images), warmUp);
        Note("plain texts", Clock.Seconds(_model.Device, () => _plain.Texts(PlainClasses)), warmUp);
        if (_texts.Length <= PlainClasses) Note("plain", Clock.Seconds(_model.Device, _plain.Step), warmUp);
    }

    /// <summary>The table's columns: without the plain path's where it is not measured.</summary>
    internal static string[] Columns(StepOptions options) =>
    [
        "precision", "classes",
        .. (string[])(options.Plain ? ["plain, s", "ours, s", "ratio", "images, s: plain / ours", "texts, s: plain / ours"]
            : ["an iteration, s", "images, s", "texts, s"]),
        "necessary GFLOP", "% of the peak", "memory of the process, MiB",
    ];

    /// <summary>Writes the table's row.</summary>
    internal void WriteRow(BenchTable table, double peak)
    {
        var work = 2 * (NecessaryWork.OfImages(_model.Config, _options.Batch, ContextLength)
            + NecessaryWork.OfTexts(_model.Config, _prepared.Sequences.CommonStart,
                [.. _texts.Select(text => text.Length)], ContextLength));
        table.Row([$"{AdaptClusterJson.Name(_precision)}", $"{_texts.Length}", .. Seconds(), $"{work / 1e9:G4}",
            $"{100 * work / Median("ours") / peak:F0}", $"{_bytes >> 20}"]);
    }

    private FormattableString[] Seconds()
    {
        var (ours, images, texts) = (Median("ours"), Median("our images"), Median("our texts"));
        if (!_options.Plain) return [$"{ours:F4}", $"{images:F4}", $"{texts:F4}"];
        var plain = Median(_seconds.ContainsKey("plain") ? ["plain"] : ["plain images", "plain texts"]);
        return [$"{plain:F4}", $"{ours:F4}", $"{plain / ours:F2}", $"{Median("plain images"):F4} / {images:F4}",
            $"{Median("plain texts"):F4} / {texts:F4}"];
    }

    public void Dispose()
    {
        _plain.Dispose();
        _runner.Dispose();
        _prepared.Dispose();
        foreach (var tensor in (torch.Tensor[])[_pixels, _embedded, _imagePrompts, _textPrompts]) tensor.Dispose();
    }

    /// <summary>An iteration as a sweep's job does it, update included: the second epoch, of one iteration.</summary>
    private double OurStep()
    {
        var job = Noise.Job(epochs: 2, batch: _options.Batch);
        var lap = new Lap(job with { Train = job.Train! with { Precision = _precision } });
        _runner.Run([new JobRun(lap.Job, null, lap)], new PackOptions());
        return lap.SecondEpoch.TotalSeconds;
    }

    private double OurTower(Func<torch.Tensor> encode) => Clock.Seconds(_model.Device, () => encode().sum().backward());

    private void Note(string what, double seconds, bool warmUp)
    {
        if (warmUp) return;
        if (!_seconds.TryGetValue(what, out var known)) _seconds.Add(what, known = []);
        known.Add(seconds);
    }

    private double Median(params IEnumerable<string> parts) => parts.Sum(part => Times.Median(_seconds[part]));
}
