using System.Diagnostics;
using System.Runtime.InteropServices;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Pretraining;

/// <summary>Trains tiny-clip from drawn, captioned pictures. The same options give the same file, on the same kind of processor with one thread.</summary>
public static class Pretrainer
{
    private const int ReportEvery = 50;
    private const double MaxLogitScale = 4.605170185988092; // ln 100, CLIP's limit.

    /// <summary>The size of tiny-clip with a vocabulary.</summary>
    public static ClipConfig Config(int vocabularySize) => new()
    {
        Vision = new TowerConfig { Width = 128, Depth = 3, Heads = 2, MlpWidth = 512, Activation = ClipActivation.QuickGelu, LayerNormEpsilon = 1e-5 },
        Text = new TowerConfig { Width = 64, Depth = 3, Heads = 1, MlpWidth = 256, Activation = ClipActivation.QuickGelu, LayerNormEpsilon = 1e-5 },
        ImageSize = SceneRenderer.Size,
        PatchSize = 8,
        VocabularySize = vocabularySize,
        ContextLength = 20,
        EmbeddingSize = 64,
    };

    /// <summary>Trains and writes a Hugging Face snapshot folder with float16 weights.</summary>
    /// <param name="options">How.</param>
    /// <param name="folder">Where to; written only at the end, file by file by renaming.</param>
    /// <param name="onProgress">Hears of every 50 steps, on this thread.</param>
    /// <param name="cancellation">Ends it; nothing is written.</param>
    public static void Run(PretrainOptions options, string folder, Action<PretrainProgress> onProgress, CancellationToken cancellation)
    {
        var vocabulary = BpeTrainer.Train(CaptionedPictures.Words);
        var config = Config(vocabulary.Tokens.Count);
        var staging = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder).TrimEnd('/'))!, $".{Path.GetFileName(folder.TrimEnd('/'))}.{Environment.ProcessId}")).FullName;
        try
        {
            vocabulary.Save(staging);
            var tokenizer = ClipTokenizer.Load(staging, config.ContextLength, vocabulary.StartId, vocabulary.EndId);
            using var model = ClipModel.CreateRandom(config, options.Seed);
            Train(model, tokenizer, options, onProgress, cancellation);
            model.Save(staging, torch.ScalarType.Float16);
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.EnumerateFiles(staging)) File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static void Train(ClipModel model, ClipTokenizer tokenizer, PretrainOptions options, Action<PretrainProgress> onProgress, CancellationToken cancellation)
    {
        using var optimiser = new AdamW(model.Parameters.Values, options.WeightDecay);
        var preprocessor = new ClipPreprocessor(model.Config.ImageSize);
        var logitScale = model.Parameters[ClipTensorNames.LogitScale];
        using Scalar lowest = 0.0.ToScalar(), highest = MaxLogitScale.ToScalar();
        // The next batch is drawn while this one trains.
        var drawing = Task.Run(() => Draw(options, 0), cancellation);
        var (lossSum, since) = (0.0, Stopwatch.GetTimestamp());
        for (var step = 0; step < options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = drawing.GetAwaiter().GetResult();
            var next = step + 1;
            drawing = Task.Run(() => Draw(options, next), cancellation);
            lossSum += Step(model, tokenizer, preprocessor, batch);
            optimiser.Step(Rate(options, step));
            using (torch.no_grad()) logitScale.clamp_(lowest, highest);
            if (next % ReportEvery != 0 && next != options.Steps) continue;
            var steps = (next - 1) % ReportEvery + 1;
            onProgress(new(next, options.Steps, lossSum / steps, steps * options.BatchSize / Stopwatch.GetElapsedTime(since).TotalSeconds));
            (lossSum, since) = (0, Stopwatch.GetTimestamp());
        }
        drawing.GetAwaiter().GetResult();
    }

    private static double Step(ClipModel model, ClipTokenizer tokenizer, ClipPreprocessor preprocessor, CaptionedPicture[] batch)
    {
        using var scope = torch.NewDisposeScope();
        var captions = batch.Select(picture => picture.Caption).Distinct().ToList();
        var pixels = Pixels(batch, preprocessor);
        using var texts = model.PrepareTexts([.. captions.Select(tokenizer.Encode)]);
        var logits = model.Logits(model.EncodeImages(pixels), model.EncodeTexts(texts));
        var loss = ContrastiveLoss.Of(logits, [.. batch.Select(picture => (long)captions.IndexOf(picture.Caption))]);
        loss.backward();
        return loss.item<float>();
    }

    private static torch.Tensor Pixels(CaptionedPicture[] batch, ClipPreprocessor preprocessor)
    {
        var length = 3 * preprocessor.Size * preprocessor.Size;
        var pixels = torch.empty(batch.Length, 3, preprocessor.Size, preprocessor.Size);
        var values = MemoryMarshal.Cast<byte, float>(pixels.bytes);
        for (var i = 0; i < batch.Length; i++) preprocessor.Prepare(batch[i].Image, values.Slice(i * length, length));
        return pixels;
    }

    private static CaptionedPicture[] Draw(PretrainOptions options, int step) =>
        [.. Enumerable.Range(0, options.BatchSize).Select(i => CaptionedPictures.Draw(options.Seed, step * options.BatchSize + i))];

    private static double Rate(PretrainOptions options, int step)
    {
        if (step < options.WarmupSteps) return options.LearningRate * (step + 1) / options.WarmupSteps;
        return options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - options.WarmupSteps) / Math.Max(1, options.Steps - options.WarmupSteps)));
    }
}
