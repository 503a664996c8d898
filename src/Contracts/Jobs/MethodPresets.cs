namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// How each method trains where a spec says nothing: the configuration that its public code runs with. Adapt has none; its values are the
/// paper's. What all have in common is <see cref="TrainSettings"/>: SGD, momentum, weight decay, cosine, one warm-up epoch (Dassl's
/// defaults).
/// </summary>
public static class MethodPresets
{
    /// <summary>The settings of a method, its own part written out.</summary>
    /// <param name="method">One of <see cref="MethodNames"/> that trains.</param>
    public static TrainSettings Of(string method) => method switch
    {
        // KaiyangZhou/CoOp, vit_b16.yaml.
        MethodNames.CoOp => new() { Epochs = 200, BatchSize = 32, LearningRate = 0.002, CoOp = new() },
        // KaiyangZhou/CoOp, vit_b16_c4_ep10_batch1_ctxv1.yaml.
        MethodNames.CoCoOp => new() { Epochs = 10, BatchSize = 1, LearningRate = 0.002, CoCoOp = new() },
        // muzairkhattak/multimodal-prompt-learning, VPT/vit_b16_c2_ep5_batch4_4.yaml.
        MethodNames.Vpt => new() { Epochs = 5, BatchSize = 4, LearningRate = 0.0025, Vpt = new() },
        // CHENGY12/PLOT, rn50.yaml: there is none for a transformer.
        MethodNames.Plot => new() { Epochs = 50, BatchSize = 128, LearningRate = 0.002, Plot = new() },
        // muzairkhattak/multimodal-prompt-learning, MaPLe/vit_b16_c2_ep5_batch4_2ctx.yaml.
        MethodNames.Maple => new() { Epochs = 5, BatchSize = 4, LearningRate = 0.0035, Maple = new() },
        // BeierZhu/Prompt-align, rn50_ep*_ctx.yaml.
        MethodNames.ProGrad => new() { Epochs = 200, BatchSize = 32, LearningRate = 0.002, ProGrad = new() },
        // htyao89/KgCoOp, vit_b16_ep100_ctxv1.yaml.
        MethodNames.KgCoOp => new() { Epochs = 100, BatchSize = 128, LearningRate = 0.002, KgCoOp = new() },
        // gaojingsheng/LAMM, vit_b16_ep50_ctxv1.yaml.
        MethodNames.Lamm => new() { Epochs = 50, BatchSize = 32, LearningRate = 0.002, Lamm = new() },
        _ => new(),
    };

    /// <summary>Settings without the parts of other methods.</summary>
    /// <param name="method">The method that they are for.</param>
    /// <param name="settings">Settings that may hold parts of any method.</param>
    public static TrainSettings Only(string method, TrainSettings settings) => settings with
    {
        Adapt = method == MethodNames.Adapt ? settings.Adapt : new(),
        CoOp = method == MethodNames.CoOp ? settings.CoOp : null,
        CoCoOp = method == MethodNames.CoCoOp ? settings.CoCoOp : null,
        Vpt = method == MethodNames.Vpt ? settings.Vpt : null,
        Plot = method == MethodNames.Plot ? settings.Plot : null,
        Maple = method == MethodNames.Maple ? settings.Maple : null,
        ProGrad = method == MethodNames.ProGrad ? settings.ProGrad : null,
        KgCoOp = method == MethodNames.KgCoOp ? settings.KgCoOp : null,
        Lamm = method == MethodNames.Lamm ? settings.Lamm : null,
    };

    /// <summary>
    /// Epochs of the methods whose public code trains longer with more shots (COOP.md of KaiyangZhou/CoOp): CoOp and ProGrad take 50 with
    /// one shot, 100 with two to seven, 200 from eight on, and 50 on ImageNet.
    /// </summary>
    /// <param name="method">One of <see cref="MethodNames"/>.</param>
    /// <param name="shots">Training images per class.</param>
    /// <param name="dataset">The data set. One of the user's own that is called "imagenet" is not ImageNet.</param>
    /// <returns>Null for methods that train for as long whatever the shots.</returns>
    public static int? EpochsByShots(string method, int shots, DatasetSource dataset)
    {
        if (method is not (MethodNames.CoOp or MethodNames.ProGrad)) return null;
        if (dataset is { Format: DatasetFormats.CoOp, Name: "imagenet" }) return 50;
        return shots switch { 1 => 50, < 8 => 100, _ => 200 };
    }
}
