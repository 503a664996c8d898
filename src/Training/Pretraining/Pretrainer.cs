using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Pretraining;

/// <summary>
/// Trains tiny-clip on generated images with captions. With one thread, the same options produce the same file on the same CPU model.
/// </summary>
public static class Pretrainer
{
    private const int ReportEvery = 50;
    private const double MaxLogitScale = 4.605170185988092; // ln 100, CLIP's limit.

    /// <summary>Returns the configuration of tiny-clip for a vocabulary size.</summary>
    public static ClipConfig Config(int vocabularySize) => new()
    {
        Vision = Tower(width: 128),
        Text = Tower(width: 64),
        ImageSize = SceneRenderer.Size,
        PatchSize = 8,
        VocabularySize = vocabularySize,
        StartId = vocabularySize - 2,
        EndId = vocabularySize - 1,
        ContextLength = 20,
        EmbeddingSize = 64,
    };

    private static TowerConfig Tower(int width) => new()
    {
        Width = width,
        Depth = 3,
        Heads = width / 64,
        MlpWidth = 4 * width,
        Activation = ClipActivation.QuickGelu,
        LayerNormEpsilon = 1e-5,
    };

    /// <summary>Trains a model and writes it to a Hugging Face snapshot folder with float16 weights.</summary>
    /// <param name="options">The training options.</param>
    /// <param name="folder">The target folder. Files are moved there only at the end, one at a time, with the weights last.</param>
    /// <param name="onProgress">A function that is called with the progress, on this thread, every 50 steps and after the last
    /// step.</param>
    /// <param name="cancellation">A token to stop the training. If it is cancelled, nothing is written.</param>
    /// <returns>The retrieval accuracy on images and captions that the model was not trained on.</returns>
    /// <exception cref="InvalidInputException">An option is out of range, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static PretrainResult Run(
        PretrainOptions options, string folder, Action<PretrainProgress> onProgress, CancellationToken cancellation)
    {
        options.Check();
        var staging = CreateStaging(folder);
        try
        {
            var vocabulary = BpeTrainer.Train(CaptionedPictures.Words);
            var config = Config(vocabulary.Tokens.Count);
            vocabulary.Save(staging);
            var tokenizer = ClipTokenizer.Load(staging, config.ContextLength, vocabulary.StartId, vocabulary.EndId);
            var preprocessor = new ClipPreprocessor(config.ImageSize);
            using var model = ClipModel.CreateRandom(config, options.Seed);
            Train(model, tokenizer, preprocessor, options, onProgress, cancellation);
            model.Save(staging, torch.ScalarType.Float16);
            Publish(staging, folder);
            return Retrieval.Measure(model, tokenizer, preprocessor, options.Seed, options.Steps * options.BatchSize);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>Creates a folder next to the target, so that files can be renamed within one file system.</summary>
    private static string CreateStaging(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = Path.GetDirectoryName(full)
            ?? throw new InvalidInputException($"{folder}: the root folder cannot be a model folder; choose a subfolder of it.");
        try
        {
            return Directory.CreateDirectory(Path.Combine(parent, $".{Path.GetFileName(full)}.{Environment.ProcessId}")).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"{folder}: cannot be written ({e.Message.ReplaceLineEndings(" ")}); choose another folder.", e);
        }
    }

    /// <summary>Moves the files to the target folder. The weights are moved last, so a folder that contains them is complete.</summary>
    private static void Publish(string staging, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(staging).OrderBy(file => Path.GetFileName(file) == ClipModel.WeightsFileName))
            File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
    }

    private static void Train(
        ClipModel model, ClipTokenizer tokenizer, ClipPreprocessor preprocessor, PretrainOptions options,
        Action<PretrainProgress> onProgress, CancellationToken cancellation)
    {
        using var optimiser = new AdamW(model.Parameters.Values, options.WeightDecay);
        using Scalar lowest = 0.0.ToScalar(), highest = MaxLogitScale.ToScalar();
        // The next batch is drawn while this one is trained on.
        var drawing = Task.Run(() => Draw(options, 0), cancellation);
        var (lossSum, since) = (0.0, Stopwatch.GetTimestamp());
        for (var step = 0; step < options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = drawing.GetAwaiter().GetResult();
            var done = step + 1;
            if (done < options.Steps) drawing = Task.Run(() => Draw(options, done), cancellation);
            lossSum += Step(model, tokenizer, preprocessor, batch);
            optimiser.Step(Rate(options, step));
            using (torch.no_grad()) model.Parameters[ClipTensorNames.LogitScale].clamp_(lowest, highest);
            if (done % ReportEvery != 0 && done != options.Steps) continue;
            var steps = (done - 1) % ReportEvery + 1;
            var speed = steps * options.BatchSize / Stopwatch.GetElapsedTime(since).TotalSeconds;
            onProgress(new(done, options.Steps, lossSum / steps, speed));
            (lossSum, since) = (0, Stopwatch.GetTimestamp());
        }
    }

    private static PictureBatch Draw(PretrainOptions options, int step) => new(options.Seed, step * options.BatchSize, options.BatchSize);

    private static double Step(ClipModel model, ClipTokenizer tokenizer, ClipPreprocessor preprocessor, PictureBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var loss = ContrastiveLoss.Of(batch.Logits(model, tokenizer, preprocessor), batch.CaptionOf);
        loss.backward();
        return loss.item<float>();
    }

    private static double Rate(PretrainOptions options, int step)
    {
        if (step < options.WarmupSteps) return options.LearningRate * (step + 1) / options.WarmupSteps;
        var cosineSteps = Math.Max(1, options.Steps - options.WarmupSteps);
        return options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - options.WarmupSteps) / cosineSteps));
    }
}
