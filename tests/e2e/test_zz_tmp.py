import sys; sys.path.insert(0,"/work/main")
import tests.e2e.test_main_job as m
orig=m.words_said
def ws(run):
    r=orig(run); print("SAID",r); return r
m.words_said=ws
o2=m._words_stored
def st(a,b):
    r=o2(a,b); print("STORED",r); return r
m._words_stored=st
from tests.e2e.test_main_job import *
