using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>Epochs of CoOp's public code, which ProGrad's code adopted (COOP.md of KaiyangZhou/CoOp).</summary>
internal static class CoOpEpochs
{
    /// <summary>50 with one shot, 100 with two to seven, 200 with eight or more, and 50 on ImageNet.</summary>
    /// <param name="shots">Training images per class.</param>
    /// <param name="dataset">The data set.</param>
    internal static int ByShots(int shots, DatasetSource dataset)
    {
        if (CoOpFormat.NameOf(dataset) is "imagenet") return 50;
        return shots switch { 1 => 50, < 8 => 100, _ => 200 };
    }
}
