using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.ProGrad;
using AdaptCluster.Training.Methods.ZeroShot;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

/// <summary>The methods beside Adapt do what their public codes do, whose numbers the golden files hold.</summary>
public sealed class MethodGoldenTests
{
    public static TheoryData<string, string> Trained => Data(GoldenMethod.Files(trained: true));

    public static TheoryData<string, string> Untrained => Data(GoldenMethod.Files(trained: false));

    public static TheoryData<string, string> Transports =>
        Data(GoldenMethod.Files(trained: true).Where(file => file.Name.StartsWith("plot", StringComparison.Ordinal)));

    public static TheoryData<string, string> Alignments =>
        Data(GoldenMethod.Files(trained: true).Where(file => file.Name.StartsWith("prograd", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Trained))]
    public void Logits_loss_terms_and_gradients_at_the_start_are_those_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenMethod(folder, file);
        using var method = golden.Create();

        var output = method.Forward([golden.Batch(method, 0)])[0];
        GoldenModel.AgreeAbsolutely(golden.Values["logits"], output.Logits.detach(), 1e-4, "logits");
        CheckLosses(golden, "loss", _ => output, steps: null);

        TrainingStep.Differentiate([golden.Batch(method, 0)]);
        method.BeforeUpdate(1);
        foreach (var (name, index) in method.Weights().Keys.Order(StringComparer.Ordinal).Select((name, i) => (name, i)))
            GoldenModel.Agree(golden.Values["grad." + name], method.Trained[index].Gradient!, 1e-4, "gradient of " + name);
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void Three_steps_have_the_losses_and_end_at_the_tensors_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenMethod(folder, file);
        using var method = golden.Create();

        CheckSteps(golden, method, "sgd", "", 2e-6);

        var end = method.Forward([golden.Batch(method, 0)])[0];
        GoldenModel.AgreeAbsolutely(golden.Values["final_logits"], end.Logits.detach(), 1e-4, "final logits");
        GoldenModel.AgreeAbsolutely(golden.Values["final_loss"], end.Loss.detach(), 5e-5, "final loss");
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void Three_large_steps_with_strong_weight_decay_end_at_the_tensors_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenMethod(folder, file);
        using var method = golden.Create();
        CheckSteps(golden, method, "sgd_strong", "strong.", 1e-5);
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void The_classifier_that_is_evaluated_gives_the_logits_of_training(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var golden = new GoldenMethod(folder, file);
        using var method = golden.Create();
        using var classifier = method.Freeze();
        GoldenModel.AgreeAbsolutely(golden.Values["logits"], classifier.Logits(golden.Embedded(0)), 1e-4, "logits");
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void The_plain_version_has_the_loss_and_the_gradients_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenMethod(folder, file);
        var trained = golden.Leaves();
        var loss = golden.PlainLoss(folder, trained);
        loss.backward();
        GoldenModel.AgreeAbsolutely(golden.Values["loss"], loss.detach(), 5e-5, "loss");
        // ProGrad's files keep the gradient of this loss apart from the one that it makes of it.
        foreach (var (name, tensor) in trained)
            GoldenModel.Agree(golden.Values[(golden.Method == "prograd" ? "grad_ce." : "grad.") + name], tensor.grad!,
                1e-4, "gradient of " + name);
    }

    [Theory]
    [MemberData(nameof(Untrained))]
    public void Zero_shot_logits_and_predictions_are_those_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var golden = new GoldenMethod(folder, file);
        using var texts = golden.Model.PrepareTexts(GoldenModel.Texts(golden.Values["input_ids"]));
        using var method = new ZeroShotMethod(golden.Model, texts);
        using var classifier = method.Freeze();

        var logits = classifier.Logits(golden.Embedded(0));

        GoldenModel.AgreeAbsolutely(golden.Values["logits"], logits, 1e-4, "logits");
        Assert.Equal(GoldenModel.Bytes(golden.Values["predictions"]), GoldenModel.Bytes(logits.argmax(1)));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Transport_plans_of_the_file_s_cosines_are_those_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenMethod(folder, file);
        GoldenModel.Agree(golden.Values["transport"], golden.Sinkhorn.Plans([golden.Values["sim"]])[0], 1e-4, "transport plan");
    }

    [Theory]
    [MemberData(nameof(Alignments))]
    public void The_aligned_gradient_is_that_of_the_public_code(string folder, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenMethod(folder, file);
        var (g, h) = (golden.Values["grad_ce.ctx"], golden.Values["grad_kl.ctx"]);
        GoldenModel.Agree(golden.Values["grad.ctx"], ProGradMethod.Aligned(g, h, golden.Number("lambda")), 1e-5, "aligned gradient");
        // A part that goes with the teacher's gradient stays, and so does all of it where the teacher has none.
        Assert.Equal(g, ProGradMethod.Aligned(g, g * h.norm(), 1));
        Assert.Equal(g, ProGradMethod.Aligned(g, torch.zeros_like(g), 1));
    }

    private static void CheckSteps(GoldenMethod golden, ITrainableMethod method, string run, string prefix, double tolerance)
    {
        var (sgd, rate) = golden.Optimiser(run);
        var steps = (int)golden.Values["labels"].shape[0];
        CheckLosses(golden, prefix + "step_loss", step =>
        {
            var output = method.Forward([golden.Batch(method, step)])[0];
            TrainingStep.Differentiate([golden.Batch(method, step)]);
            method.BeforeUpdate(step + 1);
            sgd.Update(method.Trained, rate);
            return output;
        }, steps);
        foreach (var (name, tensor) in method.Weights())
            GoldenModel.AgreeAbsolutely(golden.Values[$"{prefix}final.{name}"], tensor, tolerance, $"{prefix}final {name}");
    }

    /// <summary>Compares the total and every term that the file holds under a name, of one output or of each step's.</summary>
    private static void CheckLosses(GoldenMethod golden, string name, Func<int, StepOutput> run, int? steps)
    {
        for (var step = 0; step < (steps ?? 1); step++)
        {
            torch.Tensor Expected(string key) => steps is null ? golden.Values[key] : golden.Values[key][step];
            var output = run(step);
            GoldenModel.AgreeAbsolutely(Expected(name), output.Loss.detach(), 5e-5, $"{name} of step {step + 1}");
            foreach (var key in golden.Values.Keys.Where(key => key.StartsWith(name + ".", StringComparison.Ordinal)))
            {
                var term = key[(name.Length + 1)..];
                var found = output.Terms is null && term == "ce" ? output.Loss : output.Terms![term];
                GoldenModel.AgreeAbsolutely(Expected(key), found.detach(), 5e-5, $"{key} of step {step + 1}");
            }
        }
    }

    private static TheoryData<string, string> Data(IEnumerable<(string Folder, string Name)> files)
    {
        var data = new TheoryData<string, string>();
        foreach (var (folder, name) in files) data.Add(folder, name);
        return data;
    }
}
