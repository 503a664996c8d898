using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Pretraining;
using TorchSharp;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep pretrain</c>.</summary>
internal static class PretrainCommand
{
    public static Command Create()
    {
        var defaults = new PretrainOptions();
        var output = new Option<string>("--out")
        {
            Description = "The folder to write; must not contain a model.",
            DefaultValueFactory = _ => "tiny-clip",
        };
        var steps = CheckedOptions.WholeNumber("--steps", "The number of training steps, one batch each.", defaults.Steps, least: 1);
        var batch = CheckedOptions.WholeNumber("--batch-size", "Images per batch.", defaults.BatchSize, least: 1);
        var seed = CheckedOptions.WholeNumber("--seed", "The seed for the weights and the images.", defaults.Seed, least: int.MinValue);
        var rate = CheckedOptions.Number(
            "--learning-rate", "The peak learning rate.", defaults.LearningRate, rate => rate > 0, "a number above 0");
        var json = CommonOptions.Json();
        var command = new Command("pretrain", "Trains tiny-clip on images and captions that this program generates.")
        {
            output, steps, batch, rate, seed, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new PretrainOptions
            {
                Steps = parsed.GetValue(steps),
                BatchSize = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
                Seed = parsed.GetValue(seed),
            };
            Run(options, parsed.GetValue(output)!, parsed.GetValue(json), parsed.InvocationConfiguration, cancellation);
            return Task.FromResult(SweepCommand.Success);
        });
        return command;
    }

    private static void Run(PretrainOptions options, string folder, bool json, InvocationConfiguration console,
        CancellationToken cancellation)
    {
        if (File.Exists(Path.Combine(folder, ClipModel.WeightsFileName)))
            throw new InvalidInputException(
                $"--out {folder}: the folder already contains a model; choose another folder, or remove the model.");
        void Say(FormattableString text) => console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        HostSettings.FromEnvironment().Silo.LoadLibtorch();
        // A model of this size trains faster on one thread, which also fixes the order of sums.
        torch.set_num_threads(1);
        var result = Pretrain(options, folder, at => Say(
            $"step {at.Step}/{at.Steps}  loss {at.Loss:F4}  {at.ImagesPerSecond:F0} images/s"), cancellation);
        Say($"retrieval on {result.Pairs} new pairs: image to text {result.ImageToText:P1}, text to image {result.TextToImage:P1}");
        console.Output.WriteLine(json ? JsonSerializer.Serialize(
            new { Folder = folder, result.Pairs, result.ImageToText, result.TextToImage }, AdaptClusterJson.Indented) : folder);
    }

    private static PretrainResult Pretrain(PretrainOptions options, string folder, Action<PretrainProgress> onProgress,
        CancellationToken cancellation)
    {
        try
        {
            return Pretrainer.Run(options, folder, onProgress, cancellation);
        }
        catch (OperationCanceledException e)
        {
            // Unlike a sweep, pretraining keeps no checkpoints.
            throw new AdaptClusterException("pretrain: interrupted; nothing was written. Running it again starts from the first step.",
                e);
        }
    }
}
