using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Pretraining;
using TorchSharp;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep pretrain</c>.</summary>
internal static class PretrainCommand
{
    public static Command Create()
    {
        var defaults = new PretrainOptions();
        var output = new Option<string>("--out")
        {
            Description = "Folder to write; must not hold a model yet.",
            DefaultValueFactory = _ => "tiny-clip",
        };
        var steps = WholeNumber("--steps", "Batches.", defaults.Steps);
        var batch = WholeNumber("--batch-size", "Pictures in a batch.", defaults.BatchSize);
        var seed = new Option<int>("--seed") { Description = "Seed of weights and pictures.", DefaultValueFactory = _ => defaults.Seed };
        var rate = new Option<double>("--learning-rate")
        {
            Description = "Peak step size.",
            DefaultValueFactory = _ => defaults.LearningRate,
        };
        var json = CommonOptions.Json();
        rate.Validators.Add(result =>
        {
            if (!(result.GetValue(rate) > 0)) result.AddError("--learning-rate: write a number above 0");
        });
        var command = new Command("pretrain", "Trains tiny-clip from pictures that the project draws and captions.")
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

    private static void Run(PretrainOptions options, string folder, bool json, InvocationConfiguration console, CancellationToken cancellation)
    {
        if (File.Exists(Path.Combine(folder, ClipModel.WeightsFileName)))
            throw new InvalidInputException($"--out {folder}: there is a model already; name another folder, or remove it.");
        void Say(FormattableString text) => console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        // One thread: at this size more of them lose, and sums keep their order.
        torch.set_num_threads(1);
        var result = Pretrain(options, folder, at => Say(
            $"step {at.Step}/{at.Steps}  loss {at.Loss:F4}  {at.ImagesPerSecond:F0} images/s"), cancellation);
        Say($"of {result.Pairs} new pairs: {result.ImageToText:P1} captions found by picture, {result.TextToImage:P1} pictures by caption");
        console.Output.WriteLine(json ? JsonSerializer.Serialize(new { Folder = folder, result.Pairs, result.ImageToText, result.TextToImage }, AdaptClusterJson.Indented) : folder);
    }

    private static PretrainResult Pretrain(PretrainOptions options, string folder, Action<PretrainProgress> onProgress, CancellationToken cancellation)
    {
        try
        {
            return Pretrainer.Run(options, folder, onProgress, cancellation);
        }
        catch (OperationCanceledException e)
        {
            // Unlike a sweep, pretraining keeps no checkpoints.
            throw new AdaptClusterException("pretrain: interrupted; nothing was written, and the same command starts from the first step.", e);
        }
    }

    private static Option<int> WholeNumber(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => { if (result.GetValue(option) < 1) result.AddError($"{name}: write a whole number from 1 on"); });
        return option;
    }
}
