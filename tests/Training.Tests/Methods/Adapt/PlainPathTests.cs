using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Reference;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Numerics;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

/// <summary>
/// What the trainer leaves out, shares and fuses changes nothing: held against the plain path, whose every operation is in the papers.
/// </summary>
public sealed class PlainPathTests
{
    private static readonly Gen<ClipConfig> _config = BothPaths.SizesWith(Gen.Int[4, 14]);

    public PlainPathTests() => torch.set_num_threads(1);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Loss_gradients_scores_and_masks_are_those_of_the_plain_path_whatever_the_shapes_masks_lanes_and_lengths(
        bool padded, bool joint) =>
        Gen.Select(_config, Gen.Int[0, 1_000_000], Gen.Int[1, 5], Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Bool).Sample(
            (config, seed, lanes, classes, batch, length, equalBatches) =>
            {
                using var scope = torch.NewDisposeScope();
                using var clip = new WithTexts(config, seed, classes);
                clip.Model.PadsPrompts = padded;
                var model = joint ? clip.Model.In(torch.ScalarType.Float32) : clip.Model;
                var jobs = Enumerable.Range(0, lanes).Select(
                    lane => new DrawnLane(config, seed, lane, classes, equalBatches ? batch : 1 + ((batch + lane) % 4), length)).ToArray();
                using var methods = new Methods([.. jobs.Select(job => job.Method(model, clip.Texts))]);
                // As on a GPU, where lanes pass together whether or not they are padded.
                foreach (var method in methods.All) method.PassesTogether = true;
                var steps = TrainingStep.Differentiate(
                    [.. jobs.Zip(methods.All, (job, method) => new LaneBatch(method, model.EmbedImages(job.Pixels), job.Labels))]);
                for (var i = 0; i < lanes; i++) Check(clip, jobs[i], methods.All[i], steps[i].Loss);
            }, iter: 100, threads: 1);

    [Fact]
    public void Frozen_classifiers_give_the_plain_path_s_logits() =>
        Gen.Select(_config, Gen.Int[0, 1_000_000], Gen.Int[1, 9], Gen.Int[1, 5], Gen.Int[1, 4]).Sample(
            (config, seed, classes, batch, length) =>
            {
                using var scope = torch.NewDisposeScope();
                using var noGradients = torch.no_grad();
                using var clip = new WithTexts(config, seed, classes);
                var job = new DrawnLane(config, seed, 0, classes, batch, length);
                using var method = job.Method(clip.Model, clip.Texts);
                using var classifier = method.Freeze();
                var (truth, plain) = (job.PlainLogits(clip.Exact, clip.Ids, torch.ScalarType.Float64),
                    job.PlainLogits(clip.Plain, clip.Ids, torch.ScalarType.Float32));
                PlainTolerance.AssertClose(truth, plain, classifier.Logits(clip.Model.EmbedImages(job.Pixels)), "logits");
            }, iter: 50, threads: 1);

    private static void Check(WithTexts clip, DrawnLane job, AdaptMethod method, double loss)
    {
        using var scope = torch.NewDisposeScope();
        var (truth, plain) = (job.Differentiate(clip.Exact, clip.Ids, torch.ScalarType.Float64),
            job.Differentiate(clip.Plain, clip.Ids, torch.ScalarType.Float32));
        PlainTolerance.AssertClose(truth.Loss, plain.Loss, torch.tensor(loss), "loss");
        var live = job.Branches.Select(branch => branch.Mask.flatten().nonzero().squeeze(1)).ToArray();
        torch.Tensor Of(PlainStep step, int branch) => step.Gradients[branch].flatten(0, 1).index_select(0, live[branch]);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(0, truth.Gradients[i].mul(job.Branches[i].Mask.logical_not().unsqueeze(2)).abs().sum().item<double>());
            PlainTolerance.AssertClose(Of(truth, i), Of(plain, i), method.Trained[i].Gradient!, "gradient");
        }
        method.BeforeUpdate(1);
        var state = method.State();
        string[] names = ["image", "text"];
        torch.Tensor Scores(PlainStep step, int branch) => step.Scores[branch].index_select(0, live[branch]);
        for (var i = 0; i < 2; i++)
            PlainTolerance.AssertClose(Scores(truth, i), Scores(plain, i),
                state[names[i] + ".scores"].flatten().index_select(0, live[i]), "scores");
        CheckPruning(truth, plain, method, live);
    }

    private static void CheckPruning(PlainStep truth, PlainStep plain, AdaptMethod method, torch.Tensor[] live)
    {
        var ranked = Enumerable.Range(0, 2)
            .SelectMany(branch => live[branch].data<long>().ToArray()
                .Select(token => (Branch: branch, Token: token, Score: truth.Scores[branch][token].item<double>())))
            .OrderBy(token => token.Score).ToArray();
        var removed = Math.Min(DrawnLane.PruneRate, ranked.Length);
        if (removed > 0 && removed < ranked.Length)
        {
            // Where the two scores at the cut are one but for rounding, either may go.
            var noise = Enumerable.Range(0, 2).Max(branch => PlainTolerance.Allowed(truth.Scores[branch], plain.Scores[branch]));
            if (ranked[removed].Score - ranked[removed - 1].Score <= 2 * noise) return;
        }
        var step = method.AfterUpdate(1);
        Assert.Equal(removed == 0, step is null);
        if (step is null) return;
        byte[][] masks = [step.ImageMask, step.TextMask];
        var kept = ranked.Skip(removed).Select(token => (token.Branch, token.Token)).ToHashSet();
        for (var branch = 0; branch < 2; branch++)
            Assert.Equal(Enumerable.Range(0, masks[branch].Length)
                .Select(token => kept.Contains((branch, token)) ? (byte)1 : (byte)0), masks[branch]);
    }

    /// <summary>Both paths with random texts.</summary>
    private sealed class WithTexts : BothPaths
    {
        internal WithTexts(ClipConfig config, int seed, int classes) : base(config, seed)
        {
            var texts = DrawTexts(config, classes, seed);
            (Texts, Ids) = (Model.PrepareTexts(texts), Plain.Pad(texts));
        }

        internal PreparedTexts Texts { get; }

        /// <summary>The same texts, [K, context length].</summary>
        internal torch.Tensor Ids { get; }

        public override void Dispose()
        {
            Texts.Dispose();
            base.Dispose();
        }

        /// <summary>Texts of different lengths that start alike up to a random token; no two are equal.</summary>
        private static List<int[]> DrawTexts(ClipConfig config, int classes, int seed)
        {
            var random = new CounterRandom(RandomPurpose.Drawing, seed, 1);
            var common = random.NextInt(config.ContextLength - 2);
            return
            [
                .. Enumerable.Range(0, classes).Select(label =>
                {
                    var more = random.NextInt(config.ContextLength - 2 - common);
                    return (int[])[28, .. Enumerable.Range(1, common).Select(i => i % 28), label,
                        .. Enumerable.Range(0, more).Select(_ => random.NextInt(28)), 29];
                }),
            ];
        }
    }

    private sealed class Methods(AdaptMethod[] all) : IDisposable
    {
        public AdaptMethod[] All => all;

        public void Dispose()
        {
            foreach (var method in all) method.Dispose();
        }
    }

    /// <summary>Prompts, masks and a batch of one lane, at random; masks may be empty.</summary>
    private sealed class DrawnLane
    {
        internal const int PruneRate = 3;

        private static readonly Scorer[] Scorers = [Scorer.Snip, Scorer.GradientNorm, Scorer.L2Norm];

        private readonly Scorer _scorer;
        private readonly ScoreReduction _reduction;

        internal DrawnLane(ClipConfig config, int seed, int lane, int classes, int batch, int length)
        {
            var random = new CounterRandom(RandomPurpose.Drawing, seed, 2, lane);
            (_scorer, _reduction) = (Scorers[random.NextInt(3)], (ScoreReduction)random.NextInt(2));
            Branches = [.. ((TowerConfig[])[config.Vision, config.Text]).Select(tower =>
            {
                var depth = 1 + random.NextInt(tower.Depth);
                var density = random.NextInt(4) / 3.0;
                var mask = Enumerable.Range(0, depth * length).Select(_ => random.NextUniform(0, 1) < density).ToArray();
                return new Branch(Normal(random, 0.3, depth, length, tower.Width), torch.tensor(mask, [depth, length]));
            })];
            Pixels = Normal(random, 1, batch, 3, config.ImageSize, config.ImageSize);
            Labels = torch.tensor(Enumerable.Range(0, batch).Select(_ => (long)random.NextInt(classes)).ToArray());
        }

        internal Branch[] Branches { get; }

        internal torch.Tensor Pixels { get; }

        internal torch.Tensor Labels { get; }

        internal AdaptMethod Method(ClipModel model, PreparedTexts texts)
        {
            PromptBranch Start(string name, Branch branch) => PromptBranch.From(
                name, branch.Prompts, new ContextMask((int)branch.Mask.shape[0], (int)branch.Mask.shape[1],
                    branch.Mask.to_type(torch.ScalarType.Byte).bytes));
            var schedule = new PruneSchedule(WarmupIterations: 0, Period: 1, PruneRate, Target: 0);
            return new AdaptMethod(model, texts, Start("image", Branches[0]), Start("text", Branches[1]), schedule,
                new Saliency(KnownScorers.Find(_scorer, "adapt"), _reduction, 0));
        }

        internal torch.Tensor PlainLogits(PlainClip plain, torch.Tensor ids, torch.ScalarType type) =>
            PlainLogits(plain, ids, [.. Branches.Select(branch => branch.Prompts.to_type(type))]);

        internal PlainStep Differentiate(PlainClip plain, torch.Tensor ids, torch.ScalarType type)
        {
            torch.Tensor[] prompts = [.. Branches.Select(branch => branch.Prompts.to_type(type).detach().clone().requires_grad_())];
            var loss = cross_entropy(PlainLogits(plain, ids, prompts), Labels);
            loss.backward();
            torch.Tensor[] gradients = [.. prompts.Select(prompt => prompt.grad ?? torch.zeros_like(prompt))];
            return new PlainStep(loss.detach(), gradients,
                [.. prompts.Zip(gradients, (prompt, gradient) => Scores(prompt.detach(), gradient).flatten())]);
        }

        private torch.Tensor PlainLogits(PlainClip plain, torch.Tensor ids, torch.Tensor[] prompts) => plain.Logits(
            plain.EncodeImages(Pixels.to_type(prompts[0].dtype), prompts[0], Branches[0].Mask),
            plain.EncodeTexts(ids, prompts[1], Branches[1].Mask));

        /// <summary>[depth, max context length], as section 3.2 writes them.</summary>
        private torch.Tensor Scores(torch.Tensor prompts, torch.Tensor gradients)
        {
            var width = prompts.shape[2];
            var (scores, unit) = _scorer.Name switch
            {
                "snip" => ((prompts * gradients).abs().sum(2), (double)width),
                "gradient-norm" => ((gradients * gradients).sum(2).sqrt(), Math.Sqrt(width)),
                _ => ((prompts * prompts).sum(2).sqrt(), Math.Sqrt(width)),
            };
            return _reduction == ScoreReduction.Total ? scores : scores.Over(unit);
        }

        private static torch.Tensor Normal(CounterRandom random, double deviation, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            foreach (ref var value in values.AsSpan()) value = (float)(deviation * random.NextNormal());
            return torch.tensor(values, shape);
        }
    }

    private sealed record Branch(torch.Tensor Prompts, torch.Tensor Mask);

    /// <summary>Loss [], gradients [depth, max context length, width] and scores [depth · max context length] of both branches.</summary>
    private sealed record PlainStep(torch.Tensor Loss, torch.Tensor[] Gradients, torch.Tensor[] Scores);
}
