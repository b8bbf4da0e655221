// How the sweeps that the tests start are told from those of the schedule.
export const testsOwn = "by-the-tests-";
